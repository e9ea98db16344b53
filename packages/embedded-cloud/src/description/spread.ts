import type { GroupDescription, InstancesDescription } from './schema';

/** One instance of a group that is to be created. */
export interface PlannedInstance extends Omit<InstancesDescription, 'count' | 'zone'> {
  readonly zone: string;
  readonly index: number;
}

export const zonesOf = (group: GroupDescription, region: string): readonly string[] =>
  group.zones ?? ['a', 'b', 'c'].map((letter) => region + letter);

/** The single instances in the order of the description. Those without a zone are spread evenly over the zones. */
export const plannedInstances = (group: GroupDescription, region: string): PlannedInstance[] => {
  const zones = zonesOf(group, region);
  const parts: readonly InstancesDescription[] =
    typeof group.instances === 'number'
      ? group.instances === 0
        ? []
        : [{ count: group.instances, standby: false, protected: false, tags: {} }]
      : group.instances;
  const used = new Map(zones.map((zone) => [zone, 0]));
  let index = 0;
  return parts.flatMap(({ count, zone, ...more }) =>
    Array.from({ length: count }, (): PlannedInstance => {
      const emptiest = [...used].sort(([, a], [, b]) => a - b)[0]?.[0] ?? '';
      const chosen = zone ?? emptiest;
      used.set(chosen, (used.get(chosen) ?? 0) + 1);
      const version = more.version ?? group.version;
      return { ...more, ...(version !== undefined && { version }), zone: chosen, index: index++ };
    }),
  );
};
