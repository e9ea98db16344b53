/**
 * Which instances a scale-in terminates (Amazon EC2 Auto Scaling User Guide, "Configure termination policies"): first
 * the zone with the most instances among those with an unprotected one is chosen, then the termination policies decide
 * in their order.
 */

export interface Candidate {
  readonly id: string;
  readonly zone: string;
  readonly launchedAt: number;
  readonly protected: boolean;
  /** Whether it was launched from the source that the group launches from now. */
  readonly current: boolean;
  /** The number of its launch template version; 0 if it has none. */
  readonly version: number;
  /** A pending instance is terminated before one in service. */
  readonly pending?: boolean;
}

type Order = (a: Candidate, b: Candidate) => number;

const oldestTemplate: Order = (a, b) => Number(a.current) - Number(b.current) || a.version - b.version;
const oldestInstance: Order = (a, b) => a.launchedAt - b.launchedAt;

const orders: Readonly<Record<string, Order>> = {
  Default: (a, b) => oldestTemplate(a, b) || oldestInstance(a, b),
  OldestInstance: oldestInstance,
  NewestInstance: (a, b) => b.launchedAt - a.launchedAt,
  OldestLaunchTemplate: oldestTemplate,
  OldestLaunchConfiguration: () => 0,
  // Billing is by the second: no instance is closer to its next hour than another.
  ClosestToNextInstanceHour: oldestInstance,
  AllocationStrategy: () => 0,
};

const orderOf = (policies: readonly string[]): Order => {
  const chosen = [...policies, 'Default'].flatMap((policy) => orders[policy] ?? []);
  return (a, b) =>
    Number(b.pending ?? false) - Number(a.pending ?? false) ||
    chosen.reduce((decided, order) => decided || order(a, b), 0) ||
    (a.id < b.id ? -1 : 1);
};

/**
 * The ids of the instances to terminate: at most `count`, fewer if the rest is protected. The zone is chosen again for
 * each instance, since AWS terminates one after another.
 */
export const victimsOf = (
  candidates: readonly Candidate[],
  count: number,
  policies: readonly string[],
): string[] => {
  const byZone = new Map<string, Candidate[]>();
  const sizes = new Map<string, number>();
  for (const candidate of candidates) {
    sizes.set(candidate.zone, (sizes.get(candidate.zone) ?? 0) + 1);
    if (candidate.protected) continue;
    const zone = byZone.get(candidate.zone);
    if (zone) zone.push(candidate);
    else byZone.set(candidate.zone, [candidate]);
  }
  const order = orderOf(policies);
  for (const zone of byZone.values()) zone.sort(order);
  const chosen: string[] = [];
  while (chosen.length < count) {
    const open = [...byZone].filter(([, left]) => left.length > 0);
    if (open.length === 0) break;
    const [zone, left] = open.reduce((most, next) => (isLarger(next, most, sizes, order) ? next : most));
    const victim = left.shift();
    if (victim) chosen.push(victim.id);
    sizes.set(zone, (sizes.get(zone) ?? 1) - 1);
  }
  return chosen;
};

/**
 * Whether the first zone has more instances or, if both have the same number, the instance that the policies put first.
 */
const isLarger = (
  [zone, left]: [string, Candidate[]],
  [otherZone, otherLeft]: [string, Candidate[]],
  sizes: ReadonlyMap<string, number>,
  order: Order,
): boolean => {
  const difference = (sizes.get(zone) ?? 0) - (sizes.get(otherZone) ?? 0);
  const [first, second] = [left[0], otherLeft[0]];
  return difference > 0 || (difference === 0 && !!first && !!second && order(first, second) < 0);
};
