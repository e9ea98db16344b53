/**
 * Event patterns (EventBridge user guide, "Creating event patterns", "Comparison operators"): every field of a pattern
 * must match; a field's list matches if one of its members does; a list in the event matches if one of its members does.
 */
type Plain = string | number | boolean | null;
type Matcher = Plain | Readonly<Record<string, unknown>>;
export type Pattern = Readonly<Record<string, unknown>>;

type Test = (found: unknown) => boolean;

/** What a pattern's field is, where the event has no such field. */
const absent = Symbol('absent');

const isPlain = (value: unknown): value is Plain =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const onString =
  (holds: (found: string) => boolean): Test =>
  (found) =>
    typeof found === 'string' && holds(found);

const isFolding = (value: unknown): value is { 'equals-ignore-case': string } =>
  typeof value === 'object' && value !== null && 'equals-ignore-case' in value;

const affix =
  (holds: (found: string, wanted: string) => boolean) =>
  (wanted: unknown): Test => {
    if (typeof wanted === 'string') return onString((found) => holds(found, wanted));
    if (!isFolding(wanted)) throw new Error('prefix and suffix need a string');
    const lower = wanted['equals-ignore-case'].toLowerCase();
    return onString((found) => holds(found.toLowerCase(), lower));
  };

const foldCase = (wanted: unknown): Test => {
  const all = (Array.isArray(wanted) ? wanted : [wanted]).map((one) => String(one).toLowerCase());
  return onString((found) => all.includes(found.toLowerCase()));
};

const wildcard = (wanted: unknown): Test => {
  const all = Array.isArray(wanted) ? wanted : [wanted];
  const expressions = all.map((one) => {
    const source = String(one).replace(
      /\\([\\*])|(\*)|([.+?^$()|[\]{}\\])/g,
      (_whole, plain?: string, star?: string, special?: string) =>
        star ? '.*' : `\\${plain ?? special ?? ''}`,
    );
    return new RegExp(`^${source}$`, 's');
  });
  return onString((found) => expressions.some((expression) => expression.test(found)));
};

const comparisons: Readonly<Record<string, (found: number, wanted: number) => boolean>> = {
  '=': (found, wanted) => found === wanted,
  '<': (found, wanted) => found < wanted,
  '<=': (found, wanted) => found <= wanted,
  '>': (found, wanted) => found > wanted,
  '>=': (found, wanted) => found >= wanted,
};

const numeric = (wanted: unknown): Test => {
  const parts = wanted as (string | number)[];
  const bounds = parts.flatMap((operator, index) =>
    index % 2 === 0 ? [[operator, parts[index + 1]] as const] : [],
  );
  const tests = bounds.map(([operator, bound]) => {
    const compare = comparisons[String(operator)];
    if (!compare || typeof bound !== 'number')
      throw new Error(`numeric ${JSON.stringify(wanted)} cannot be read`);
    return (found: number) => compare(found, bound);
  });
  return (found) => typeof found === 'number' && tests.every((test) => test(found));
};

const anythingBut = (wanted: unknown): Test => {
  const excluded = isPlain(wanted) || Array.isArray(wanted) ? equalsAny(wanted) : testOf(wanted as Matcher);
  return (found) => found !== absent && !excluded(found);
};

const equalsAny = (wanted: unknown): Test => {
  const all: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  return (found) => all.includes(found);
};

const operators: Readonly<Record<string, (wanted: unknown) => Test>> = {
  'anything-but': anythingBut,
  'equals-ignore-case': foldCase,
  exists: (wanted) => (found) => (found !== absent) === wanted,
  numeric,
  prefix: affix((found, wanted) => found.startsWith(wanted)),
  suffix: affix((found, wanted) => found.endsWith(wanted)),
  wildcard,
};

const testOf = (matcher: Matcher): Test => {
  if (isPlain(matcher)) return (found) => found === matcher;
  const entries = Object.entries(matcher);
  const [name, wanted] = entries[0] ?? ['', undefined];
  const operator = operators[name];
  if (!operator || entries.length !== 1)
    throw new Error(`the operator ${JSON.stringify(matcher)} is not modelled`);
  return operator(wanted);
};

const known = new Map<string, Test>();

const cachedTest = (matcher: Matcher): Test => {
  const key = JSON.stringify(matcher);
  let test = known.get(key);
  if (!test) known.set(key, (test = testOf(matcher)));
  return test;
};

const fieldMatches = (wanted: unknown, found: unknown): boolean => {
  if (Array.isArray(wanted)) {
    const values: readonly unknown[] =
      Array.isArray(found) && found.length > 0 ? found : [Array.isArray(found) ? absent : found];
    return wanted.some((matcher: Matcher) => values.some(cachedTest(matcher)));
  }
  // A list of objects matches if one of them does.
  if (Array.isArray(found)) return found.some((one) => fieldMatches(wanted, one));
  return matches(
    wanted as Pattern,
    found === absent || found === null || typeof found !== 'object' ? {} : found,
  );
};

const matches = (pattern: Pattern, value: object): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as Pattern[]).some((one) => matches(one, value));
    return fieldMatches(wanted, Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : absent);
  });

/** Whether an event (as targets get it) matches a pattern. */
export const matchesPattern = (pattern: Pattern, event: object): boolean => matches(pattern, event);

/** @throws Error for a pattern that AWS would refuse, or that uses what is not modelled (cidr). */
export const checkPattern = (pattern: Pattern): void => {
  if (Object.keys(pattern).length === 0) throw new Error('Event pattern is not valid: it is empty');
  for (const [key, wanted] of Object.entries(pattern)) {
    if (key === '$or' && Array.isArray(wanted))
      wanted.forEach((one) => {
        checkPattern(one as Pattern);
      });
    else if (Array.isArray(wanted))
      wanted.forEach((one) => {
        testOf(one as Matcher);
      });
    else if (typeof wanted === 'object' && wanted !== null) checkPattern(wanted as Pattern);
    else throw new Error(`Event pattern is not valid: "${key}" must be an object or an array`);
  }
};
