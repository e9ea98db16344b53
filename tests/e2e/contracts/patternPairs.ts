/** Pairs of an event pattern and an event, on which the embedded cloud's matcher and AWS's own must agree. */
import type { matchesPattern } from '@forseti/embedded-cloud';

export type Pattern = Parameters<typeof matchesPattern>[0];

export interface Pair {
  readonly pattern: Pattern;
  readonly event: object;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const isObject = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What can stand in place of a leaf: nothing (undefined), another value, another type, a list. */
const insteadOf = (leaf: Json): (Json | undefined)[] => [
  undefined,
  null,
  [leaf, 'other'],
  ['other'],
  ...(typeof leaf === 'string'
    ? [`x${leaf}`, `${leaf}x`, leaf.slice(0, -1), leaf.toUpperCase(), '']
    : ['other']),
  ...(typeof leaf === 'number' ? [leaf + 1, -leaf, String(leaf)] : [1]),
  ...(typeof leaf === 'boolean' ? [!leaf] : [true]),
];

/** Every event that differs from the given one in one leaf. */
export const mutationsOf = (event: Record<string, Json>): Record<string, Json>[] =>
  Object.entries(event).flatMap(([key, value]) => {
    const rest = Object.fromEntries(Object.entries(event).filter(([name]) => name !== key));
    const put = (one: Json | undefined) => (one === undefined ? rest : { ...rest, [key]: one });
    if (isObject(value)) return [rest, ...mutationsOf(value).map(put)];
    return insteadOf(value).map(put);
  });

/** The simplest value that a list of a pattern matches. */
const valueFor = ([matcher]: readonly unknown[]): Json | undefined => {
  if (!isObject(matcher)) return matcher as Json;
  const [[operator, wanted] = ['', null]] = Object.entries(matcher);
  if (operator === 'exists') return wanted === true ? 'there' : undefined;
  if (operator === 'prefix' || operator === 'suffix' || operator === 'equals-ignore-case') return wanted;
  return 'any other';
};

/** An event that a pattern of literals and simple operators matches. */
export const exampleOf = (pattern: Pattern): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(pattern).flatMap(([key, wanted]) => {
      if (key === '$or') return Object.entries(exampleOf((wanted as Pattern[])[0] ?? {}));
      const value = Array.isArray(wanted) ? valueFor(wanted) : exampleOf(wanted as Pattern);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );

/** All rules × all events, an example of each rule, and the mutations of all these. */
export const rulePairs = (patterns: readonly Pattern[], events: readonly object[]): Pair[] => {
  const all = [...events, ...patterns.map(exampleOf)].flatMap((event) => [
    event,
    ...mutationsOf(event as Record<string, Json>),
  ]);
  return patterns.flatMap((pattern) => all.map((event) => ({ pattern, event })));
};

/** One entry of a pattern's list for each operator, and combinations of them. */
const matchers: readonly unknown[] = [
  'abc',
  '',
  7,
  true,
  null,
  { prefix: 'ab' },
  { prefix: { 'equals-ignore-case': 'AB' } },
  { suffix: 'bc' },
  { suffix: { 'equals-ignore-case': 'BC' } },
  { 'equals-ignore-case': 'ABC' },
  { wildcard: 'a*c' },
  { wildcard: '*' },
  { wildcard: 'a\\*c' },
  { 'anything-but': 'abc' },
  { 'anything-but': ['abc', 'xyz'] },
  { 'anything-but': 7 },
  { 'anything-but': { prefix: 'ab' } },
  { 'anything-but': { prefix: ['ab', 'x'] } },
  { 'anything-but': { suffix: 'bc' } },
  { 'anything-but': { 'equals-ignore-case': ['ABC'] } },
  { 'anything-but': { wildcard: 'a*c' } },
  { numeric: ['=', 7] },
  { numeric: ['>', 6, '<=', 8] },
  { numeric: ['<', 0] },
  { cidr: '10.0.0.0/24' },
  { exists: true },
  { exists: false },
];

const leaves: readonly (Json | undefined)[] = [
  undefined,
  null,
  '',
  'abc',
  'ABC',
  'abxbc',
  'a*c',
  'xyz',
  'xabc',
  7,
  7.5,
  8,
  -1,
  true,
  false,
  [],
  ['abc'],
  ['xyz', 'abc'],
  ['xyz', 7],
  {},
  { y: 'abc' },
  '10.0.0.7',
  '10.0.1.7',
];

const detailed = (x: Json | undefined, z?: Json): object => ({
  source: 's',
  detail: { ...(x !== undefined && { x }), ...(z !== undefined && { z }) },
});

const combined: readonly Pattern[] = [
  { detail: { x: ['abc', { prefix: 'x' }] } },
  { detail: { x: ['abc'], z: [7] } },
  { detail: { $or: [{ x: ['abc'] }, { z: [7] }] } },
  { source: ['s'], detail: { $or: [{ x: [{ prefix: 'ab' }] }, { x: [{ exists: false }] }] } },
];

/** Every operator on leaves of every type. */
export const operatorPairs = (): Pair[] => [
  ...matchers.flatMap((matcher) =>
    leaves.map((leaf) => ({ pattern: { detail: { x: [matcher] } }, event: detailed(leaf) })),
  ),
  ...combined.flatMap((pattern) =>
    leaves.flatMap((leaf) => [
      { pattern, event: detailed(leaf) },
      { pattern, event: detailed(leaf, 7) },
    ]),
  ),
];

/** What is no pattern: both must refuse it. */
export const brokenPatterns: readonly Pattern[] = [
  {},
  { source: 's' },
  { source: [] },
  { source: [{ prefix: 7 }] },
  { source: [{ unknown: 's' }] },
  { source: [{ wildcard: 'a**' }] },
  { source: [{ numeric: ['>', 8, '<', 6] }] },
  { source: [{ numeric: ['~', 8] }] },
  { source: [{ exists: 'yes' }] },
  { source: [{ 'anything-but': [] }] },
  { source: [{ cidr: 'everything' }] },
];
