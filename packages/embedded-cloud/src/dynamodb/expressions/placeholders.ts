import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { invalid, readValue, type Value } from '../values';

/** The `#names` and `:values` of a request. It notes which of them the expressions have used. */
export class Placeholders {
  private readonly values: Record<string, Value>;
  private readonly usedNames = new Set<string>();
  private readonly usedValues = new Set<string>();

  /** @throws ValidationException for names and values that are malformed or given without an expression */
  constructor(
    private readonly names: Record<string, string> | undefined,
    values: Record<string, AttributeValue> | undefined,
    expressions: readonly (string | undefined)[],
  ) {
    const some = expressions.some((expression) => expression !== undefined);
    this.check('ExpressionAttributeNames', names, /^#\w+$/, some);
    this.check('ExpressionAttributeValues', values, /^:\w+$/, some);
    this.values = Object.fromEntries(
      Object.entries(values ?? {}).map(([placeholder, value]) => [placeholder, readValue(value)]),
    );
  }

  /** The attribute that `#placeholder` stands for. `sort` is the kind of expression, such as `ConditionExpression`. */
  name(placeholder: string, sort: string): string {
    const name = this.names?.[placeholder];
    if (name === undefined)
      throw invalid(
        `Invalid ${sort}: An expression attribute name used in the document path is not defined; ` +
          `attribute name: ${placeholder}`,
      );
    this.usedNames.add(placeholder);
    return name;
  }

  /** The value of `:placeholder`, which is noted as used. */
  use(placeholder: string, sort: string): Value {
    const value = this.values[placeholder];
    if (value === undefined)
      throw invalid(
        `Invalid ${sort}: An expression attribute value used in expression is not defined; ` +
          `attribute value: ${placeholder}`,
      );
    this.usedValues.add(placeholder);
    return value;
  }

  value(placeholder: string): Value {
    const value = this.values[placeholder];
    if (value === undefined) throw new Error(`The value ${placeholder} was not checked.`);
    return value;
  }

  /** Called after all expressions are parsed. @throws ValidationException if a placeholder was not used */
  checkAllUsed(): void {
    const unused = (given: object | undefined, used: Set<string>) =>
      Object.keys(given ?? {}).filter((placeholder) => !used.has(placeholder));
    const names = unused(this.names, this.usedNames);
    if (names.length > 0)
      throw invalid(
        `Value provided in ExpressionAttributeNames unused in expressions: keys: {${names.join(', ')}}`,
      );
    const values = unused(this.values, this.usedValues);
    if (values.length > 0)
      throw invalid(
        `Value provided in ExpressionAttributeValues unused in expressions: keys: {${values.join(', ')}}`,
      );
  }

  private check(what: string, given: object | undefined, pattern: RegExp, someExpression: boolean) {
    if (given === undefined) return;
    if (!someExpression) throw invalid(`${what} can only be specified when using expressions`);
    const keys = Object.keys(given);
    if (keys.length === 0) throw invalid(`${what} must not be empty`);
    const wrong = keys.find((key) => !pattern.test(key));
    if (wrong !== undefined) throw invalid(`${what} contains invalid key: Syntax error; key: "${wrong}"`);
  }
}
