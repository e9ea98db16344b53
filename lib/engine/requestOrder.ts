/**
 * Which of two requests of an application is the newer one. The answer is the same whichever of them is looked at first,
 * so each request carries a text that sorts by it, and DynamoDB's conditions can compare it.
 *
 *     second ─ what tells requests of one second apart ─ version ─ arrival
 *
 * GitHub and EventBridge give a tag's time in whole seconds. Of tags of one second the higher version is the newer one,
 * where both are numbers (semver.org, "Precedence"); else the one that arrived later. Whatever has no such number, also a
 * person's request, is older than a tag that has one: an order needs one answer for any three, and who typed sees it.
 */
export interface OrderedRequest {
  readonly version: string;
  /** Epoch ms: when the tag was pushed; absent for a request that a person made. */
  readonly pushedAt?: number | undefined;
  /** Epoch ms: when the tag arrived at the webhook or at the queue, if that is known. */
  readonly arrivedAt?: number | undefined;
  /** Epoch ms: when its execution started. */
  readonly acceptedAt: number;
}

/** Words before the number, such as `api-` or `release/`, do not count. */
const numbered =
  /^(?:[A-Za-z][A-Za-z0-9]{0,29}[-_/+.]){0,3}?[vV]?(\d{1,15}(?:\.\d{1,15}){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

const padded = (digits: string, width: number): string => digits.padStart(width, '0').slice(-width);
const instant = (at: number, width: number): string => padded(String(Math.max(0, Math.floor(at))), width);

/** `rc.1` sorts before no pre-release at all; numbers sort as numbers, and before words. */
const preRelease = (text: string | undefined): string =>
  text === undefined
    ? '~'
    : text
        .split('.')
        .map((part) => (/^\d{1,15}$/.test(part) ? `0${padded(part, 15)}` : `1${part}`))
        .join('!');

/** A text that sorts by precedence; undefined if the version is no number. */
const precedence = (version: string): string | undefined => {
  const [, numbers, pre] = numbered.exec(version) ?? [];
  if (numbers === undefined) return undefined;
  const parts = numbers.split('.').map((part) => padded(part, 15));
  const zero = padded('', 15);
  return [...parts, zero, zero, zero].slice(0, 4).join('.') + preRelease(pre);
};

const ranks = { other: '0', number: '1' } as const;

/** The text by which a request is compared: greater is newer. Its parts are separated by blanks, which sort first. */
export const orderOf = ({ version, pushedAt, arrivedAt, acceptedAt }: OrderedRequest): string => {
  const second = instant((pushedAt ?? acceptedAt) / 1000, 11);
  const arrived = instant(arrivedAt ?? acceptedAt, 15);
  const number = pushedAt === undefined ? undefined : precedence(version);
  const parts = number === undefined ? [ranks.other, '-'] : [ranks.number, number];
  return [second, ...parts, arrived, version].join(' ');
};

/** A request as the lock and the record of the latest one keep it; those of an older format have no order. */
export interface Placed {
  readonly since: number;
  readonly order?: string;
}

export const isNewer = (one: Placed, other: Placed): boolean =>
  one.order !== undefined && other.order !== undefined ? one.order > other.order : one.since > other.since;

/** Why a request is the newer one, as the rest of a clause: `, which is of a later second (…)`. */
export const whyNewer = (newer: string | undefined, older: string | undefined): string => {
  if (newer === undefined || older === undefined) return ', which was accepted later';
  const [newSecond = '', newRank, newNumber] = newer.split(' ');
  const [oldSecond, oldRank, oldNumber] = older.split(' ');
  if (newSecond !== oldSecond)
    return `, which was asked for later: ${new Date(Number(newSecond) * 1000).toISOString().replace('.000Z', 'Z')}`;
  if (newRank !== oldRank) return ', a tag of the same second whose name is a number';
  if (newNumber !== oldNumber) return ', the higher version of two that were pushed in the same second';
  return ', which arrived later in the same second';
};
