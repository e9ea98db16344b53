/** What an answer must hold: parts of objects, whole lists, patterns for texts, and questions. */
export type Expected =
  | string
  | number
  | boolean
  | null
  | undefined
  | RegExp
  | Uint8Array
  | ((value: never) => boolean)
  | readonly Expected[]
  | { readonly [name: string]: Expected };

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const inList = (expected: readonly Expected[], value: unknown, at: string): string[] => {
  if (!Array.isArray(value)) return [`${at}: ${shown(value)} is no list`];
  if (value.length !== expected.length)
    return [`${at}: ${shown(value)} has ${String(value.length)} elements, not ${String(expected.length)}`];
  return expected.flatMap((one, index) => mismatches(one, value[index], `${at}[${String(index)}]`));
};

/** Everything in which a value is not what was expected, each with its place; members that are not named may be anything. */
export const mismatches = (expected: Expected, value: unknown, at = 'answer'): string[] => {
  if (typeof expected === 'function')
    // A test of a member's value takes the type that the contract expects there.
    return expected(value as never)
      ? []
      : [`${at}: ${shown(value)} is not what ${expected.toString()} asks for`];
  if (expected instanceof RegExp)
    return typeof value === 'string' && expected.test(value)
      ? []
      : [`${at}: ${shown(value)} does not match ${String(expected)}`];
  if (Array.isArray(expected)) return inList(expected as readonly Expected[], value, at);
  if (typeof expected !== 'object' || expected === null || expected instanceof Uint8Array)
    return shown(value) === shown(expected) ? [] : [`${at}: ${shown(value)} is not ${shown(expected)}`];
  if (typeof value !== 'object' || value === null) return [`${at}: ${shown(value)} is no object`];
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(expected).flatMap(([name, one]) => mismatches(one, members[name], `${at}.${name}`));
};
