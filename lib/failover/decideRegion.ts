import { decide, type Decision, defaultFailover, type FailoverSettings } from './decide';
import type { Regions } from './regions';
import type { ActiveItem, ProbeItem, RegionsTable } from './regionsTable';

export interface FailoverTools {
  readonly regions: Regions;
  readonly table: RegionsTable;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Messages in home's queues; undefined where they cannot be read. */
  readonly backlog: () => Promise<number | undefined>;
  readonly settings?: FailoverSettings;
}

/** A probe runs every minute, and one may be lost or late. An older result says that no probe runs. */
const freshMs = 150_000;

/** A decision, and the item that it was made on: it is written on condition that this item still stands. */
export type RegionDecision = Decision & { readonly item?: ActiveItem };

/** Decides from what this region sees now. */
export const decideRegion = async (tools: FailoverTools, healthIssue = false): Promise<RegionDecision> => {
  const { regions, table, clock } = tools;
  const { here, home, other } = regions;
  if (other === undefined) return { act: 'none', why: 'There is no standby region.' };
  const [item, probed, ofHere] = await Promise.all([table.active(), table.probe(other), table.probe(here)]);
  const active = table.activeOf(item);
  const backlog = active === here && other === home ? await tools.backlog() : undefined;
  const isFresh = (probe: ProbeItem | undefined): probe is ProbeItem =>
    probe !== undefined && clock() - probe.at < freshMs;
  const decision = decide(
    {
      here,
      other,
      home,
      active,
      bad: isFresh(probed) ? probed.bad : 0,
      good: isFresh(probed) ? probed.good : 0,
      healthIssue,
      foundBad: isFresh(ofHere) && ofHere.bad > 0,
      ...(item && { since: item.since }),
      ...(item?.pinned && { pinned: { by: item.by, reason: item.reason } }),
      ...(backlog !== undefined && { backlog }),
    },
    clock(),
    tools.settings ?? defaultFailover,
  );
  const stale = probed !== undefined && !isFresh(probed) ? ' The last probe is too old to count.' : '';
  return { ...decision, why: decision.why + stale, ...(item && { item }) };
};
