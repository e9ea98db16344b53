/** What an answer must contain: parts of objects, whole lists, patterns for texts, and functions that test a value. */
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

/**
 * All deviations of a value from what is expected, each with its path. Members that are not named may have any
 * value.
 */
export const mismatches = (expected: Expected, value: unknown, at = 'answer'): string[] => {
  if (typeof expected === 'function')
    // A test function declares the type that it expects for its value.
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
