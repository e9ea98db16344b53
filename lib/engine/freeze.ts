import type { Expression, Table } from '../aws/table';
import { endsLater } from './laterEnd';

/** Stands for all applications, in the place of an application's name. */
export const everyApplication = '*';

/**
 * A freeze by hand: an item of the locks table under `freeze:APPLICATION` or `freeze:*`. No group can have such a name:
 * EC2 Auto Scaling takes no colon in a group's name (CreateAutoScalingGroup). A lifted freeze stays in the table, to
 * show who set it. Times are epoch ms.
 */
export interface FreezeItem {
  readonly fleet: string;
  readonly application: string;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  /** Absent: until a person lifts it. */
  readonly until?: number;
  readonly liftedBy?: string;
  readonly liftedAt?: number;
}

/** What a person asks for. */
export type FreezeByHand = Pick<FreezeItem, 'application' | 'reason' | 'by' | 'at' | 'until'>;

const keyOf = (application: string) => ({ fleet: `freeze:${application}` });

/** The keys of the freezes by hand that concern an application: its own, and that of all. */
export const freezeKeys = (application: string) => [keyOf(application), keyOf(everyApplication)];

/** Whether a freeze by hand is in force at an instant. */
export const holdsAt = (freeze: Pick<FreezeItem, 'until' | 'liftedAt'>, now: number): boolean =>
  freeze.liftedAt === undefined && (freeze.until === undefined || now < freeze.until);

/** Nobody has frozen or unfrozen since. */
const unchangedSince = (found: FreezeItem | undefined): Expression =>
  found
    ? {
        expression: `#at = :at AND attribute_${found.liftedAt === undefined ? 'not_exists' : 'exists'}(liftedAt)`,
        names: { '#at': 'at' },
        values: { ':at': found.at },
      }
    : { expression: 'attribute_not_exists(fleet)' };

/** Freezes by hand. They are kept beside the locks of the fleets that they protect. */
export class Freezes {
  constructor(private readonly table: Table<FreezeItem>) {}

  /**
   * Freezes an application, or all. Of two freezes the later end holds: a shorter one never ends a longer one early, unless
   * `shorten` says so.
   * @returns the freeze that is in force now, and the one that it replaced.
   */
  async freeze(
    asked: FreezeByHand,
    shorten = false,
  ): Promise<{ readonly freeze: FreezeItem; readonly instead?: FreezeItem }> {
    const key = keyOf(asked.application);
    let found = await this.table.get(key);
    for (;;) {
      const before = found && holdsAt(found, asked.at) ? found : undefined;
      if (before && (before.until === asked.until || (!shorten && endsLater(before.until, asked.until))))
        return { freeze: before };
      const freeze: FreezeItem = { ...key, ...asked };
      const written = await this.table.put(freeze, unchangedSince(found));
      if (written.done) return { freeze, ...(before && { instead: before }) };
      // A colleague froze or unfroze at this moment.
      found = written.found;
    }
  }

  /** Lifts a freeze by hand. @returns the freeze that was lifted; undefined if none was in force. */
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

  /** All freezes by hand that are in force at an instant. */
  async all(now: number): Promise<FreezeItem[]> {
    const found = await this.table.scan({
      expression: 'begins_with(fleet, :freeze)',
      values: { ':freeze': 'freeze:' },
    });
    return found.filter((freeze) => holdsAt(freeze, now));
  }

  /** The freezes by hand that are in force for an application at an instant: its own, and that of all. */
  async of(application: string, now: number): Promise<FreezeItem[]> {
    const found = await Promise.all(freezeKeys(application).map((key) => this.table.get(key)));
    return found.filter((freeze) => freeze !== undefined && holdsAt(freeze, now)) as FreezeItem[];
  }
}
