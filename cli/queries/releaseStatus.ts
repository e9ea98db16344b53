import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describeWindow, frozenBy } from '../../lib/application/freeze';
import type { ApplicationSettings } from '../../lib/application/schema';
import { Table } from '../../lib/aws/table';
import { everyApplication, freezeKeys, type FreezeItem, holdsAt } from '../../lib/engine/freeze';
import type { LockItem } from '../../lib/engine/lockItem';
import { type Release, Releases } from '../../lib/engine/releases';
import type { Session } from '../session/session';

/** A freeze that holds now. Times are epoch ms. */
export interface FreezeStatus {
  /** By the settings' calendar, or by a person. */
  readonly by: string;
  readonly what: string;
  /** Absent: until somebody lifts it. */
  readonly until?: number;
  readonly liftWith?: string;
}

export interface ReleaseStatus {
  readonly version: string;
  readonly state: Release['state'];
  readonly deployment: string;
  readonly markedAt: number;
  readonly markedBy: string;
}

/** The last rollback, as long as no person has deployed or rolled back since. */
export interface RolledBack {
  readonly deployment: string;
  readonly at: number;
  /** No other automatic one comes until a person acts. */
  readonly automatic: boolean;
}

/** What lies about a fleet in the locks table, read with one call. */
export const fleetItems = async (
  session: Session,
  application: string,
  group: string,
): Promise<{ readonly lock: LockItem | undefined; readonly byHand: readonly FreezeItem[] }> => {
  const table = new Table<LockItem | FreezeItem>(session.connect(DynamoDBClient), session.names.locksTable);
  const found = await table.getAll([{ fleet: group }, ...freezeKeys(application)]);
  const isFreeze = (item: LockItem | FreezeItem): item is FreezeItem => item.fleet.startsWith('freeze:');
  return {
    lock: found.find((item): item is LockItem => !isFreeze(item)),
    byHand: found.filter(isFreeze),
  };
};

/** Those that hold now, by hand and by the settings' calendar. */
export const freezesOf = (
  items: readonly FreezeItem[],
  settings: Pick<ApplicationSettings, 'freeze'>,
  now: number,
): FreezeStatus[] => {
  const byHand = items
    .filter((freeze) => holdsAt(freeze, now))
    // The application's own first.
    .sort((a, b) => Number(a.application === everyApplication) - Number(b.application === everyApplication));
  const window = frozenBy(settings.freeze, now);
  return [
    ...byHand.map(({ by, reason, until, application: whose }) => ({
      by,
      what: whose === everyApplication ? `all applications: ${reason}` : reason,
      ...(until !== undefined && { until }),
      liftWith: `forseti unfreeze ${whose === everyApplication ? '--all' : whose}`,
    })),
    ...(window
      ? [{ by: 'the settings', what: describeWindow(settings.freeze, window.window), until: window.until }]
      : []),
  ];
};

/** The newest first. */
export const releasesOf = async (session: Session, application: string): Promise<Release[]> =>
  new Releases(new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable)).list(
    application,
  );

export const releaseStatus = ({
  version,
  state,
  deployment,
  markedAt,
  markedBy,
}: Release): ReleaseStatus => ({ version, state, deployment, markedAt, markedBy });
