/** The arithmetic of replacing instances without AWS's refresh. Counts of instances, percentages of the wanted capacity. */

/** How many instances a surge adds: what `maxHealthyPercentage` allows beyond the capacity, at least one. */
export const surgeSize = (capacity: number, maxHealthyPercentage: number): number =>
  capacity === 0 ? 0 : Math.max(1, Math.ceil((capacity * (maxHealthyPercentage - 100)) / 100));

/**
 * At most as many as were healthy before: instances that failed earlier must not stop the rollout that may repair them.
 */
export const minHealthy = (capacity: number, minHealthyPercentage: number, healthyBefore: number): number =>
  Math.min(Math.ceil((capacity * minHealthyPercentage) / 100), healthyBefore);

export interface Situation {
  /** Old instances in service and healthy in every target group. */
  readonly oldHealthy: number;
  /** Old instances in service that do not count as healthy: replacing them costs nothing. */
  readonly oldUnhealthy: number;
  /** All instances in service and healthy in every target group, old and new. */
  readonly healthy: number;
  readonly fewestHealthy: number;
  /** What the surge added to the desired capacity and has not given back. */
  readonly surplus: number;
  /** Old instances that are not in service yet, and will have to be replaced too. */
  readonly oldPending: number;
}

export interface Retirement {
  readonly unhealthy: number;
  readonly healthy: number;
  /** With decrement: the surplus is given back, and nothing is launched in place of these instances. */
  readonly decrement: boolean;
}

/**
 * Which old instances to terminate now. While more are old than were added, each is replaced by a new one; the last
 * ones give back what was added.
 */
export const retireNow = (situation: Situation): Retirement => {
  const { oldHealthy, oldUnhealthy, healthy, surplus } = situation;
  const old = oldHealthy + oldUnhealthy + situation.oldPending;
  const decrement = surplus > 0 && old <= surplus;
  const most = decrement ? old : old - surplus;
  const unhealthy = Math.min(oldUnhealthy, most);
  const spare = Math.max(0, healthy - situation.fewestHealthy);
  return { unhealthy, healthy: Math.min(oldHealthy, spare, most - unhealthy), decrement };
};

/**
 * As {@link retireNow} without a surplus, for instances that a spike added. If the limits leave no room at all and
 * nothing else is on its way, one is replaced at a time.
 */
export const replaceNow = (
  situation: Omit<Situation, 'surplus'> & { readonly settled: boolean },
): Retirement => {
  const retirement = retireNow({ ...situation, surplus: 0 });
  const stuck = retirement.healthy + retirement.unhealthy === 0 && situation.oldHealthy > 0;
  return stuck && situation.settled ? { ...retirement, healthy: 1 } : retirement;
};

/** Takes from each zone in turn, the one with the most items first, so that no zone is emptied before the others. */
export const acrossZones = <Item extends { readonly zone: string; readonly id: string }>(
  items: readonly Item[],
): Item[] => {
  const zones = new Map<string, Item[]>();
  for (const item of [...items].sort((a, b) => (a.id < b.id ? -1 : 1)))
    zones.set(item.zone, [...(zones.get(item.zone) ?? []), item]);
  const rows = [...zones.entries()]
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(([, row]) => row);
  const longest = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, index) => rows.flatMap((row) => row[index] ?? [])).flat();
};

/** Two minutes of polls; after that the poll no longer waits for the first health check of a new instance. */
const checkedPolls = 24;
const checkedSeconds = 5;

/**
 * Seconds until the next poll, unless an event of the group comes first: 5 s, doubling to a minute while nothing
 * changes. AWS sends no event when a target becomes healthy, so that is polled every 5 s for two minutes.
 * @param checking whether an instance is in service and not healthy yet.
 */
export const secondsUntilChange = (quietPolls: number, checking: boolean): number =>
  checking && quietPolls < checkedPolls ? checkedSeconds : Math.min(60, 5 * 2 ** Math.min(quietPolls, 8));
