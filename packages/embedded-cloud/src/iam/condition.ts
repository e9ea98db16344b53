import { matchesArn, matchesPattern } from './pattern';
import { type Conditions, listOf } from './statement';

/** The condition keys of a request, in lower case. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** Whether a value of the policy matches a value of the request. */
type Compare = (wanted: string, found: string) => boolean;

const numeric =
  (holds: (found: number, wanted: number) => boolean): Compare =>
  (wanted, found) =>
    holds(Number(found), Number(wanted));

const date =
  (holds: (found: number, wanted: number) => boolean): Compare =>
  (wanted, found) =>
    holds(Date.parse(found), Date.parse(wanted));

const equal: Compare = (wanted, found) => wanted === found;
const equalIgnoringCase: Compare = (wanted, found) => wanted.toLowerCase() === found.toLowerCase();

const positive: Readonly<Record<string, Compare>> = {
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: equalIgnoringCase,
  DateEquals: date((found, wanted) => found === wanted),
  DateGreaterThan: date((found, wanted) => found > wanted),
  DateGreaterThanEquals: date((found, wanted) => found >= wanted),
  DateLessThan: date((found, wanted) => found < wanted),
  DateLessThanEquals: date((found, wanted) => found <= wanted),
  NumericEquals: numeric((found, wanted) => found === wanted),
  NumericGreaterThan: numeric((found, wanted) => found > wanted),
  NumericGreaterThanEquals: numeric((found, wanted) => found >= wanted),
  NumericLessThan: numeric((found, wanted) => found < wanted),
  NumericLessThanEquals: numeric((found, wanted) => found <= wanted),
  StringEquals: equal,
  StringEqualsIgnoreCase: equalIgnoringCase,
  StringLike: (wanted, found) => matchesPattern(wanted, found),
};

/** These hold if none of the policy's values matches, or if the request lacks the key. */
const negated: Readonly<Record<string, Compare>> = {
  ArnNotEquals: matchesArn,
  ArnNotLike: matchesArn,
  NumericNotEquals: numeric((found, wanted) => found === wanted),
  StringNotEquals: equal,
  StringNotEqualsIgnoreCase: equalIgnoringCase,
  StringNotLike: (wanted, found) => matchesPattern(wanted, found),
};

interface Operator {
  readonly compare: Compare;
  readonly isNegated: boolean;
  readonly ifExists: boolean;
  readonly over: 'ForAllValues' | 'ForAnyValue' | undefined;
}

/** @throws Error if the operator is not known here: a guess could allow what AWS refuses */
const parseOperator = (name: string): Operator => {
  const colon = name.indexOf(':');
  const over = colon < 0 ? undefined : name.slice(0, colon);
  const ifExists = name.endsWith('IfExists');
  const plain = name.slice(colon + 1, ifExists ? -'IfExists'.length : undefined);
  const compare = positive[plain] ?? negated[plain];
  if (!compare || (over !== undefined && over !== 'ForAllValues' && over !== 'ForAnyValue')) {
    throw new Error(`The condition operator ${name} is not modelled.`);
  }
  return { compare, isNegated: plain in negated, ifExists, over };
};

const keyHolds = (operator: Operator, wanted: readonly string[], found: readonly string[]): boolean => {
  const { compare, isNegated, over } = operator;
  const agrees = (value: string) => wanted.some((one) => compare(one, value)) !== isNegated;
  if (over === 'ForAllValues') return found.every(agrees);
  if (over === 'ForAnyValue') return found.some(agrees);
  return isNegated ? found.every(agrees) : found.some(agrees);
};

const refuseVariables = (values: readonly string[]): void => {
  const variable = values.find((value) => /\$\{(?![*?$]\})/.test(value));
  if (variable !== undefined) throw new Error(`Policy variables are not modelled: ${variable}`);
};

/**
 * Whether all conditions of a statement hold for a request. Operators and keys are joined by AND, the values of a
 * key by OR (IAM User Guide, "Conditions with multiple context keys or values").
 */
export const conditionsHold = (conditions: Conditions | undefined, context: RequestContext): boolean =>
  Object.entries(conditions ?? {}).every(([name, keys]) => {
    const operator = name === 'Null' ? undefined : parseOperator(name);
    return Object.entries(keys).every(([key, values]) => {
      const wanted = listOf(values as string).map(String);
      refuseVariables(wanted);
      const present = context[key.toLowerCase()];
      if (!operator) return wanted.includes(String(present === undefined));
      if (present === undefined) {
        return (
          operator.ifExists || operator.over === 'ForAllValues' || (operator.isNegated && !operator.over)
        );
      }
      return keyHolds(operator, wanted, listOf(present));
    });
  });
