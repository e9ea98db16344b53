import type { ChoiceState, ChoiceTest } from './definition';
import { StateFailure } from './failure';
import { readPath } from './path';
import type { Source } from './template';

type Compare = (found: unknown, wanted: unknown) => boolean;

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));

const of =
  <T>(is: (value: unknown) => value is T, holds: (found: T, wanted: T) => boolean): Compare =>
  (found, wanted) =>
    is(found) && is(wanted) && holds(found, wanted);

const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

/** `*` is any run of characters. A backslash makes the next character literal. */
const matchesStars = (pattern: string, value: string): boolean => {
  const source = pattern.replace(
    /\\(.)|(\*)|([.+?^$()|[\]{}])/g,
    (_whole, plain?: string, star?: string, special?: string) =>
      star ? '.*' : `\\${plain ?? special ?? ''}`,
  );
  return new RegExp(`^${source}$`, 's').test(value);
};

const ordered = <T>(
  prefix: string,
  is: (value: unknown) => value is T,
  key: (value: T) => string | number,
) => ({
  [`${prefix}Equals`]: of(is, (found, wanted) => key(found) === key(wanted)),
  [`${prefix}GreaterThan`]: of(is, (found, wanted) => key(found) > key(wanted)),
  [`${prefix}GreaterThanEquals`]: of(is, (found, wanted) => key(found) >= key(wanted)),
  [`${prefix}LessThan`]: of(is, (found, wanted) => key(found) < key(wanted)),
  [`${prefix}LessThanEquals`]: of(is, (found, wanted) => key(found) <= key(wanted)),
});

const comparisons: Readonly<Record<string, Compare>> = {
  ...ordered('String', isString, (value) => value),
  ...ordered('Numeric', isNumber, (value) => value),
  ...ordered('Timestamp', isTime, (value) => Date.parse(value)),
  BooleanEquals: of(isBoolean, (found, wanted) => found === wanted),
  StringMatches: of(isString, (found, wanted) => matchesStars(wanted, found)),
  IsBoolean: (found, wanted) => isBoolean(found) === wanted,
  IsNull: (found, wanted) => (found === null) === wanted,
  IsNumeric: (found, wanted) => isNumber(found) === wanted,
  IsString: (found, wanted) => isString(found) === wanted,
  IsTimestamp: (found, wanted) => isTime(found) === wanted,
};

const besides = new Set(['Variable', 'Next', 'Comment']);

const operatorOf = (test: ChoiceTest): string => Object.keys(test).find((key) => !besides.has(key)) ?? '';

const plainOf = (operator: string): string => operator.replace(/Path$/, '');

/** Whether the operator of a comparison is modelled. */
export const isKnownComparison = (test: ChoiceTest): boolean => {
  const operator = operatorOf(test);
  return operator === 'IsPresent' || plainOf(operator) in comparisons;
};

const compareHolds = (test: ChoiceTest, source: Source): boolean => {
  const operator = operatorOf(test);
  const variable = String(test.Variable);
  const found = readPath(variable, source.value, source.context);
  if (operator === 'IsPresent') return (found !== undefined) === test[operator];
  const read = (path: string): unknown => {
    const value = readPath(path, source.value, source.context);
    if (value !== undefined) return value;
    throw new StateFailure(
      'States.Runtime',
      `Invalid path '${path}': the choice state's condition path references an invalid value.`,
    );
  };
  const wanted = operator.endsWith('Path') ? read(String(test[operator])) : test[operator];
  return comparisons[plainOf(operator)]?.(read(variable), wanted) ?? false;
};

const testHolds = (test: ChoiceTest, source: Source): boolean => {
  if (test.And) return (test.And as ChoiceTest[]).every((one) => testHolds(one, source));
  if (test.Or) return (test.Or as ChoiceTest[]).some((one) => testHolds(one, source));
  if (test.Not) return !testHolds(test.Not as ChoiceTest, source);
  return compareHolds(test, source);
};

/**
 * The next state of a Choice.
 * @throws StateFailure States.NoChoiceMatched; States.Runtime if a variable does not exist
 */
export const choose = (state: ChoiceState, source: Source): string => {
  const next = state.Choices.find((choice) => testHolds(choice, source))?.Next ?? state.Default;
  if (next !== undefined) return next;
  throw new StateFailure('States.NoChoiceMatched', 'No choice matched, and there is no default.');
};
