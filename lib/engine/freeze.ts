import type { Table } from '../aws/table';

/** Freezes all applications, in the place of an application's name. */
export const everyApplication = '*';

/**
 * A freeze by hand: an item of the locks table under `freeze:APPLICATION` or `freeze:*`. No group can be called so: EC2
 * Auto Scaling takes no colon in a group's name (CreateAutoScalingGroup). It stays when it is lifted, for whoever asks
 * who it was. Times are epoch ms.
 */
export interface FreezeItem {
  readonly fleet: string;
  readonly application: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  /** Absent: until somebody lifts it. */
  readonly until?: number;
  readonly liftedBy?: string;
  readonly liftedAt?: number;
}

/** What a person asks for. */
export type FreezeByHand = Pick<FreezeItem, 'application' | 'reason' | 'by' | 'at' | 'until'>;

const keyOf = (application: string) => ({ fleet: `freeze:${application}` });

/** Where the freezes by hand of an application lie: its own, and that of all. */
export const freezeKeys = (application: string) => [keyOf(application), keyOf(everyApplication)];

/** Whether a freeze by hand holds at an instant: its end is compared with the clock. */
export const holdsAt = (freeze: Pick<FreezeItem, 'until' | 'liftedAt'>, now: number): boolean =>
  freeze.liftedAt === undefined && (freeze.until === undefined || now < freeze.until);

/** Freezes by hand, beside the locks of the fleets that they protect. */
export class Freezes {
  constructor(private readonly table: Table<FreezeItem>) {}

  /**
   * Freezes an application, or all. Asked again with the same words it changes nothing; with others the last one holds.
   * @returns the freeze that holds now, and the one that it took the place of.
   */
  async freeze(asked: FreezeByHand): Promise<{ readonly freeze: FreezeItem; readonly instead?: FreezeItem }> {
    const key = keyOf(asked.application);
    const found = await this.table.get(key);
    const before = found && holdsAt(found, asked.at) ? found : undefined;
    if (before?.reason === asked.reason && before.by === asked.by && before.until === asked.until)
      return { freeze: before };
    const freeze: FreezeItem = { ...key, ...asked };
    await this.table.put(freeze);
    return { freeze, ...(before && { instead: before }) };
  }

  /** Lifts a freeze by hand. @returns the freeze that was lifted; undefined where none held. */
  async unfreeze(application: string, by: string, now: number): Promise<FreezeItem | undefined> {
    const lifted = await this.table.update(
      keyOf(application),
      { expression: 'SET liftedBy = :by, liftedAt = :now', values: { ':by': by, ':now': now } },
      {
        expression:
          'attribute_exists(fleet) AND attribute_not_exists(liftedAt) AND (attribute_not_exists(#until) OR #until > :now)',
        names: { '#until': 'until' },
        values: { ':now': now },
      },
    );
    return lifted.done ? lifted.item : undefined;
  }

  /** All freezes by hand that hold at an instant. */
  async all(now: number): Promise<FreezeItem[]> {
    const found = await this.table.scan({
      expression: 'begins_with(fleet, :freeze)',
      values: { ':freeze': 'freeze:' },
    });
    return found.filter((freeze) => holdsAt(freeze, now));
  }

  /** The freezes by hand that an application is under at an instant: its own, and that of all. */
  async of(application: string, now: number): Promise<FreezeItem[]> {
    const found = await Promise.all(freezeKeys(application).map((key) => this.table.get(key)));
    return found.filter((freeze) => freeze !== undefined && holdsAt(freeze, now)) as FreezeItem[];
  }
}
