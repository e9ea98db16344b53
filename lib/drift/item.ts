import type { Table } from '../aws/table';
import type { LockItem } from '../engine/lockItem';
import type { DriftFinding } from './findings';

/** A difference that the watch has seen. Times are epoch milliseconds. */
export interface SeenDrift extends Pick<DriftFinding, 'key' | 'part' | 'what' | 'mend'> {
  readonly seenAt: number;
  /** When people were notified. */
  readonly toldAt?: number;
  /** What CloudTrail says of who it was, asked once. */
  readonly who?: string;
  readonly mendedAt?: number;
  /** What was told of the same place before it changed to this. */
  readonly former?: SeenDrift;
}

/**
 * What the watch knows of a fleet's drift: an item of the locks table under `drift:APPLICATION`, which no group's name
 * can be (EC2 Auto Scaling takes no colon in one).
 */
export interface DriftItem {
  readonly fleet: string;
  readonly application: string;
  /** Raised by one with each write. */
  readonly revision: number;
  /** What differs now. */
  readonly open: readonly SeenDrift[];
  /** What was notified of and is mended, the newest first. */
  readonly past: readonly SeenDrift[];
}

export const driftKey = (application: string) => ({ fleet: `drift:${application}` });

const isDrift = (item: LockItem | DriftItem): item is DriftItem => item.fleet.startsWith('drift:');

/** The watch's items, kept beside the locks of the fleets, so that both are read together. */
export class DriftItems {
  constructor(private readonly table: Table<LockItem | DriftItem>) {}

  /** All of both kinds with one scan. */
  async all(): Promise<{
    readonly locks: ReadonlyMap<string, LockItem>;
    readonly items: ReadonlyMap<string, DriftItem>;
  }> {
    const found = await this.table.scan();
    const locks = found.filter((item): item is LockItem => !isDrift(item));
    return {
      locks: new Map(locks.map((lock) => [lock.fleet, lock])),
      items: new Map(found.filter(isDrift).map((item) => [item.application, item])),
    };
  }

  /** Replaces an item. @returns false where another watch has written it since it was read. */
  async replace(item: DriftItem): Promise<boolean> {
    const written = await this.table.put(item, {
      expression: 'attribute_not_exists(fleet) OR revision = :before',
      values: { ':before': item.revision - 1 },
    });
    return written.done;
  }
}
