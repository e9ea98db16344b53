import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { Settings } from '../application/schema';
import { asError } from '../aws/log';
import type { World } from '../aws/production';
import type { Locks } from '../engine/lock';
import type { LockItem } from '../engine/lockItem';
import type { Releases } from '../engine/releases';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';
import type { DriftFinding } from './findings';
import { driftOfAll, type DriftSource, type FleetDrift } from './fleetDrift';
import type { DriftItem, DriftItems, SeenDrift } from './item';
import { advanceDrift, toldAs } from './progress';
import { askTrail } from './trail';

export interface DriftWatchTools extends Pick<World, 'environment' | 'clock'> {
  readonly source: DriftSource;
  readonly items: DriftItems;
  readonly locks: Pick<Locks, 'read'>;
  readonly releases: Pick<Releases, 'noteServed'>;
  readonly channels: Channels;
  readonly cloudTrail: CloudTrailClient;
  readonly readAll: () => Promise<{ readonly settings: Settings }>;
  readonly log: (message: string, error: Error) => void;
}

/** What a look did, for its log. */
export interface DriftLook {
  readonly told: number;
  readonly mended: number;
}

/** Nothing of ours worked on the fleet between the first read and now: what was seen is not half of a change. */
const isAtRest = (before: LockItem | undefined, now: LockItem | undefined): boolean =>
  before?.owner === undefined && now?.owner === undefined && before?.fence === now?.fence;

const whoOf = async (
  { cloudTrail, environment, clock }: DriftWatchTools,
  { findings, release }: FleetDrift,
  due: readonly SeenDrift[],
): Promise<ReadonlyMap<string, string>> => {
  const asks = (key: string): DriftFinding[] => findings.filter((finding) => finding.key === key);
  const since = Math.max(release?.markedAt ?? 0, release?.restoredAt ?? 0);
  const place = {
    region: environment.region,
    ownPrefix: `${environment.service}-${environment.stage}-`,
  };
  const asked = due.flatMap(({ key }) => asks(key).map(({ trail }) => ({ key, question: trail, since })));
  return asked.length === 0 ? new Map() : askTrail(cloudTrail, place, asked, clock());
};

const tell = (
  { channels, environment }: DriftWatchTools,
  { application, settings }: FleetDrift,
  item: DriftItem,
  due: readonly SeenDrift[],
  mended: readonly SeenDrift[],
): Promise<void> =>
  notify(channels, environment, {
    kind: 'drift',
    application,
    settings,
    found: item.open.filter(({ key }) => due.some((one) => one.key === key)),
    mended,
    left: item.open.filter(({ toldAt }) => toldAt !== undefined).length,
  });

const watchFleet = async (
  tools: DriftWatchTools,
  fleet: FleetDrift,
  before: DriftItem | undefined,
  lock: LockItem | undefined,
): Promise<DriftLook> => {
  const none = { told: 0, mended: 0 };
  if (lock?.owner !== undefined) return none;
  const now = tools.clock();
  // A rollback goes to no release that never served.
  for (const release of fleet.newlyServed) await tools.releases.noteServed(release, now);
  const { item, changed, due, mended } = advanceDrift(fleet.application, before, fleet.findings, now);
  if (!changed && due.length === 0) return none;
  if (!isAtRest(lock, await tools.locks.read(fleet.settings.group))) return none;
  const told = toldAs(item, due, await whoOf(tools, fleet, due), now);
  // Told before it is noted: what is told twice after a crash is better than what nobody hears of.
  if (due.length > 0 || mended.length > 0) await tell(tools, fleet, told, due, mended);
  await tools.items.replace(told);
  return { told: due.length, mended: mended.length };
};

/**
 * Looks at all fleets at rest, and notes which releases serve: each distinct difference from what Forseti left is told once, with who it was where
 * CloudTrail says so, and once when it is mended. A fleet that a deployment, rollback, replacement or repair works on is
 * left alone. A failure of one fleet does not keep the others from being looked at; the function fails at the end.
 */
export const watchDrift = async (tools: DriftWatchTools): Promise<DriftLook> => {
  // The locks first: what is free before and after the reads was at rest meanwhile.
  const { locks, items } = await tools.items.all();
  const { settings } = await tools.readAll();
  const free = Object.entries(settings.applications).filter(
    ([, { group }]) => locks.get(group)?.owner === undefined,
  );
  const looks: DriftLook[] = [];
  let failure: Error | undefined;
  for (const fleet of await driftOfAll(tools.source, Object.fromEntries(free)))
    try {
      looks.push(
        await watchFleet(tools, fleet, items.get(fleet.application), locks.get(fleet.settings.group)),
      );
    } catch (error) {
      failure ??= asError(error);
      tools.log(`The drift of ${fleet.application} could not be told`, asError(error));
    }
  if (failure) throw failure;
  return {
    told: looks.reduce((sum, { told }) => sum + told, 0),
    mended: looks.reduce((sum, { mended }) => sum + mended, 0),
  };
};
