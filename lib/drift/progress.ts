import type { DriftFinding } from './findings';
import { type DriftItem, driftKey, type SeenDrift } from './item';

/**
 * A difference is told when it was seen this long: by two looks, so that a change that is being made is not told half, and
 * CloudTrail, whose events come some minutes late, has had time to say who it was.
 */
export const settledAfterMs = 4 * 60_000;

/** Of what is mended, so many are remembered for `forseti history`. */
const maxPast = 20;

export interface DriftProgress {
  readonly item: DriftItem;
  /** Whether the item differs from the one before. */
  readonly changed: boolean;
  /** To be told now, for the first time. */
  readonly due: readonly SeenDrift[];
  /** Told before, and gone. */
  readonly mended: readonly SeenDrift[];
}

const placeOf = (key: string): string => key.slice(0, key.indexOf('|'));

const lastTold = (seen: SeenDrift): SeenDrift | undefined => (seen.toldAt === undefined ? seen.former : seen);

const seenNow = (finding: DriftFinding, known: readonly SeenDrift[], now: number): SeenDrift => {
  const { key, part, what, mend } = finding;
  const same = known.find((seen) => seen.key === key);
  const place = known.find((seen) => placeOf(seen.key) === placeOf(key));
  const former = place && lastTold(place);
  // It went back to what was told.
  const before = same ?? (former?.key === key ? former : undefined);
  return {
    ...(before ?? { seenAt: now, ...(former && { former }) }),
    ...{ key, part, what, mend },
  };
};

/**
 * What a look at a fleet at rest changes: each distinct difference is told once, and once when it is mended. One that goes
 * before it was told is forgotten.
 */
export const advanceDrift = (
  application: string,
  before: DriftItem | undefined,
  findings: readonly DriftFinding[],
  now: number,
): DriftProgress => {
  const known = before?.open ?? [];
  const open = findings.filter(({ pending }) => !pending).map((finding) => seenNow(finding, known, now));
  const gone = known.filter(({ key }) => !open.some((seen) => seen.key === key));
  const mended = gone
    .filter(({ key }) => !open.some((seen) => placeOf(seen.key) === placeOf(key)))
    .flatMap((seen) => lastTold(seen) ?? [])
    .map((seen) => ({ ...seen, mendedAt: now }));
  const changed =
    gone.length > 0 ||
    open.some(({ key, what, mend }) => {
      const former = known.find((one) => one.key === key);
      return former?.what !== what || former.mend !== mend;
    });
  return {
    item: {
      ...driftKey(application),
      application,
      revision: (before?.revision ?? 0) + 1,
      open,
      past: [...mended, ...(before?.past ?? [])].slice(0, maxPast),
    },
    changed,
    due: open.filter(({ toldAt, seenAt }) => toldAt === undefined && now - seenAt >= settledAfterMs),
    mended,
  };
};

/** Notes what was told, and who it was. */
export const toldAs = (
  item: DriftItem,
  due: readonly SeenDrift[],
  who: ReadonlyMap<string, string>,
  now: number,
): DriftItem => ({
  ...item,
  open: item.open.map((seen) => {
    const { key, part, what, mend, seenAt } = seen;
    if (!due.some((one) => one.key === key)) return seen;
    const name = who.get(key);
    // What was told before of the same place is told about no more.
    return { key, part, what, mend, seenAt, toldAt: now, ...(name !== undefined && { who: name }) };
  }),
});
