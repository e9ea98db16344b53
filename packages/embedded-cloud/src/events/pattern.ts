/**
 * Event patterns (EventBridge user guide, "Creating event patterns"). Every field of a pattern must match. A list in
 * the pattern matches if one of its entries does, and so does a list in the event. Only leaves are compared: an
 * object or an empty list counts as absent.
 */
import { absent, type Matcher, type Test, testOf } from './operators';

export type Pattern = Readonly<Record<string, unknown>>;

const known = new Map<string, Test>();

const cachedTest = (matcher: Matcher): Test => {
  const key = JSON.stringify(matcher);
  let test = known.get(key);
  if (!test) known.set(key, (test = testOf(matcher)));
  return test;
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nested lists are flattened. */
const leavesOf = (found: unknown): readonly unknown[] => {
  const leaves = (Array.isArray(found) ? (found.flat(Infinity) as unknown[]) : [found]).filter(
    (value) => !isObject(value),
  );
  return leaves.length > 0 ? leaves : [absent];
};

const fieldMatches = (wanted: unknown, found: unknown): boolean => {
  if (Array.isArray(wanted)) {
    const leaves = leavesOf(found);
    return wanted.some((matcher: Matcher) => leaves.some(cachedTest(matcher)));
  }
  // A list of objects matches if one of them matches in all fields.
  const objects = (Array.isArray(found) ? (found.flat(Infinity) as unknown[]) : [found]).filter(isObject);
  return (objects.length > 0 ? objects : [{}]).some((one) => matches(wanted as Pattern, one));
};

const matches = (pattern: Pattern, value: object): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as Pattern[]).some((one) => matches(one, value));
    return fieldMatches(wanted, Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : absent);
  });

/** Whether an event, in the form that targets get, matches a pattern. */
export const matchesPattern = (pattern: Pattern, event: object): boolean => matches(pattern, event);

const checkAlternatives = (alternatives: unknown): void => {
  if (!Array.isArray(alternatives) || alternatives.length < 2 || !alternatives.every(isObject))
    throw new Error('Event pattern is not valid: $or needs a list of at least two objects');
  for (const one of alternatives) checkPattern(one as Pattern);
};

/** @throws Error if EventBridge would refuse the pattern */
export const checkPattern = (pattern: Pattern): void => {
  if (Object.keys(pattern).length === 0) throw new Error('Event pattern is not valid: it is empty');
  for (const [key, wanted] of Object.entries(pattern)) {
    if (key === '$or') checkAlternatives(wanted);
    else if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw new Error(`Event pattern is not valid: the list of "${key}" is empty`);
      for (const one of wanted as Matcher[]) testOf(one);
    } else if (isObject(wanted)) checkPattern(wanted as Pattern);
    else throw new Error(`Event pattern is not valid: "${key}" must be an object or an array`);
  }
};
