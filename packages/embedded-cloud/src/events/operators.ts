/**
 * The comparison operators of event patterns (EventBridge user guide, "Comparison operators for use in event
 * patterns"). Each gives a test for one leaf of an event, and throws for a value that EventBridge would refuse.
 */
import { BlockList, isIP } from 'node:net';

export type Plain = string | number | boolean | null;
export type Matcher = Plain | Readonly<Record<string, unknown>>;
export type Test = (found: unknown) => boolean;

/** Stands for a leaf that the event lacks. */
export const absent = Symbol('absent');

const isPlain = (value: unknown): value is Plain =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const refuse = (operator: string, wanted: unknown, expected: string): never => {
  throw new Error(`Event pattern is not valid: ${operator} ${JSON.stringify(wanted)}; expected ${expected}`);
};

const stringOf = (operator: string, wanted: unknown): string =>
  typeof wanted === 'string' ? wanted : refuse(operator, wanted, 'a string');

const onString =
  (holds: (found: string) => boolean): Test =>
  (found) =>
    typeof found === 'string' && holds(found);

const isFolding = (value: unknown): value is { 'equals-ignore-case': unknown } =>
  typeof value === 'object' && value !== null && 'equals-ignore-case' in value;

const affix =
  (operator: string, holds: (found: string, wanted: string) => boolean) =>
  (wanted: unknown): Test => {
    if (!isFolding(wanted)) {
      const text = stringOf(operator, wanted);
      return onString((found) => holds(found, text));
    }
    const lower = stringOf(operator, wanted['equals-ignore-case']).toLowerCase();
    return onString((found) => holds(found.toLowerCase(), lower));
  };

const foldCase = (wanted: unknown): Test => {
  const lower = stringOf('equals-ignore-case', wanted).toLowerCase();
  return onString((found) => found.toLowerCase() === lower);
};

/** `*` is any run of characters. A backslash may precede only a plain `*` or a backslash. */
const wildcard = (wanted: unknown): Test => {
  const text = stringOf('wildcard', wanted);
  const parts = text.match(/\\[\\*]|[^\\]/gs) ?? [];
  if (parts.join('') !== text) refuse('wildcard', wanted, 'a backslash only before * or \\');
  if (parts.some((part, index) => part === '*' && parts[index + 1] === '*'))
    refuse('wildcard', wanted, 'no two * in a row');
  const source = text.replace(
    /\\([\\*])|(\*)|([.+?^$()|[\]{}])/g,
    (_whole, plain?: string, star?: string, special?: string) =>
      star ? '.*' : `\\${plain ?? special ?? ''}`,
  );
  const expression = new RegExp(`^${source}$`, 's');
  return onString((found) => expression.test(found));
};

const comparisons: Readonly<Record<string, (found: number, wanted: number) => boolean>> = {
  '=': (found, wanted) => found === wanted,
  '<': (found, wanted) => found < wanted,
  '<=': (found, wanted) => found <= wanted,
  '>': (found, wanted) => found > wanted,
  '>=': (found, wanted) => found >= wanted,
};

/** EventBridge compares numbers from -5e9 to 5e9. */
const largestNumber = 5e9;

/** `[operator, number]`, or a lower and then an upper bound. */
const numeric = (wanted: unknown): Test => {
  const parts: readonly unknown[] = Array.isArray(wanted) ? wanted : [];
  const bounds = [parts.slice(0, 2), parts.slice(2)].filter(({ length }) => length > 0);
  const readable =
    [2, 4].includes(parts.length) &&
    bounds.every(
      ([operator, bound]) =>
        String(operator) in comparisons && typeof bound === 'number' && Math.abs(bound) <= largestNumber,
    );
  const [low, high] = bounds;
  const isRange =
    high === undefined ||
    (/^>=?$/.test(String(low?.[0])) && /^<=?$/.test(String(high[0])) && Number(low?.[1]) < Number(high[1]));
  if (!readable || !isRange)
    refuse('numeric', wanted, 'an operator and a number, or a lower and then a higher bound');
  return (found) =>
    typeof found === 'number' &&
    bounds.every(([operator, bound]) => comparisons[String(operator)]?.(found, Number(bound)));
};

const cidr = (wanted: unknown): Test => {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(stringOf('cidr', wanted)) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128))
    refuse('cidr', wanted, 'a block of addresses such as 10.0.0.0/24');
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return onString((found) => isIP(found) === family && block.check(found, family === 4 ? 'ipv4' : 'ipv6'));
};

const exists = (wanted: unknown): Test => {
  if (typeof wanted !== 'boolean') refuse('exists', wanted, 'true or false');
  return (found) => (found !== absent) === wanted;
};

/** Operators that anything-but accepts as `{operator: value or list of values}`. */
const negatable = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

const listOf = (operator: string, wanted: unknown): readonly unknown[] => {
  const all: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  return all.length > 0 ? all : refuse(operator, wanted, 'at least one value');
};

/** Accepts strings, numbers or one of the operators above. An absent field does not match anything-but. */
const anythingBut = (wanted: unknown): Test => {
  const [name = ''] = typeof wanted === 'object' && wanted !== null ? Object.keys(wanted) : [];
  if (negatable.includes(name)) {
    const values = listOf(name, (wanted as Record<string, unknown>)[name]);
    const excluded = values.map((value) => testOf({ [name]: value }));
    return (found) => found !== absent && !excluded.some((test) => test(found));
  }
  const all = listOf('anything-but', wanted);
  if (!['string', 'number'].some((type) => all.every((value) => typeof value === type)))
    refuse('anything-but', wanted, `only strings, only numbers, or one of ${negatable.join(', ')}`);
  return (found) => found !== absent && !all.includes(found);
};

const operators: Readonly<Record<string, (wanted: unknown) => Test>> = {
  'anything-but': anythingBut,
  cidr,
  'equals-ignore-case': foldCase,
  exists,
  numeric,
  prefix: affix('prefix', (found, wanted) => found.startsWith(wanted)),
  suffix: affix('suffix', (found, wanted) => found.endsWith(wanted)),
  wildcard,
};

/** The test for one entry of a pattern's list. @throws Error if EventBridge would refuse the entry */
export const testOf = (matcher: Matcher): Test => {
  if (isPlain(matcher)) return (found) => found === matcher;
  const entries = Object.entries(matcher);
  const [name, wanted] = entries[0] ?? ['', undefined];
  const operator = operators[name];
  if (!operator || entries.length !== 1)
    throw new Error(
      `Event pattern is not valid: unrecognized match type ${JSON.stringify(matcher)}; expected one of ${Object.keys(operators).join(', ')}`,
    );
  return operator(wanted);
};
