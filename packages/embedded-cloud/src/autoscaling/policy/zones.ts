/** In which zone to launch, and whether zones are out of balance. */

export type ZoneCounts = Readonly<Record<string, number>>;

export const countByZone = (
  zones: readonly string[],
  taken: readonly { readonly zone: string }[],
): ZoneCounts => {
  const counts: Record<string, number> = Object.fromEntries(zones.map((zone) => [zone, 0]));
  for (const { zone } of taken) counts[zone] = (counts[zone] ?? 0) + 1;
  return counts;
};

/** The zone with the fewest instances, the first of them in the group's order; undefined if no zone is left. */
export const zoneToLaunchIn = (
  zones: readonly string[],
  counts: ZoneCounts,
  excluded: ReadonlySet<string> = new Set(),
): string | undefined =>
  zones
    .filter((zone) => !excluded.has(zone))
    .reduce<string | undefined>(
      (best, zone) => (best === undefined || (counts[zone] ?? 0) < (counts[best] ?? 0) ? zone : best),
      undefined,
    );

const hasOutside = (zones: readonly string[], counts: ZoneCounts): boolean =>
  Object.entries(counts).some(([zone, count]) => count > 0 && !zones.includes(zone));

/** Zones in which one instance more, and one less in the fullest, makes the distribution more even. */
export const lackingZones = (zones: readonly string[], counts: ZoneCounts): readonly string[] => {
  const most = Math.max(...zones.map((zone) => counts[zone] ?? 0));
  return hasOutside(zones, counts) ? zones : zones.filter((zone) => (counts[zone] ?? 0) + 2 <= most);
};

/**
 * Zones are balanced if they differ by at most one instance. Instances in a zone that the group no longer uses put it
 * out of balance.
 */
export const isBalanced = (zones: readonly string[], counts: ZoneCounts): boolean => {
  const inGroup = zones.map((zone) => counts[zone] ?? 0);
  return !hasOutside(zones, counts) && Math.max(...inGroup) - Math.min(...inGroup) <= 1;
};
