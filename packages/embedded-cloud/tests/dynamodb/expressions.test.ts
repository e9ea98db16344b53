import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { applyUpdate } from '../../src/dynamodb/expressions/applyUpdate';
import { holds } from '../../src/dynamodb/expressions/evaluate';
import { parseCondition } from '../../src/dynamodb/expressions/parseCondition';
import { parseUpdate } from '../../src/dynamodb/expressions/parseUpdate';
import { Placeholders } from '../../src/dynamodb/expressions/placeholders';
import { AwsError } from '../../src/core/errors';
import type { Item } from '../../src/dynamodb/values';

const item: Item = {
  id: { S: 'api' },
  fence: { N: '7' },
  tags: { SS: ['blue', 'green'] },
  numbers: { L: [{ N: '1' }, { N: '2' }, { N: '3' }] },
  mapped: { M: { area: { S: 'eu-west-1a' }, deep: { L: [{ M: { x: { BOOL: true } } }] } } },
};

type Values = Record<string, AttributeValue>;

const judge = (expression: string, values?: Values, names?: Record<string, string>) => {
  const placeholders = new Placeholders(names, values, [expression]);
  const condition = parseCondition(expression, 'ConditionExpression', placeholders);
  placeholders.checkAllUsed();
  return holds(condition, item, placeholders);
};

const update = (expression: string, values?: Values, names?: Record<string, string>) => {
  const placeholders = new Placeholders(names, values, [expression]);
  const clauses = parseUpdate(expression, placeholders);
  placeholders.checkAllUsed();
  return applyUpdate(clauses, item, placeholders);
};

describe('A condition', () => {
  test.each<[string, Values | undefined, boolean]>([
    ['attribute_exists(id)', undefined, true],
    ['attribute_not_exists(mapped.area)', undefined, false],
    ['attribute_not_exists(mapped.elsewhere)', undefined, true],
    ['fence = :v', { ':v': { N: '7.0' } }, true],
    ['fence > :v', { ':v': { N: '10' } }, false],
    ['fence > :v', { ':v': { S: '1' } }, false],
    ['absent <> :v', { ':v': { S: '1' } }, true],
    ['absent = :v', { ':v': { S: '1' } }, false],
    ['numbers[1] = :v', { ':v': { N: '2' } }, true],
    ['mapped.deep[0].x = :v', { ':v': { BOOL: true } }, true],
    ['size(numbers) >= :v AND size(id) = :v', { ':v': { N: '3' } }, true],
    ['contains(tags, :v)', { ':v': { S: 'blue' } }, true],
    ['contains(id, :v)', { ':v': { S: 'pi' } }, true],
    ['begins_with(mapped.area, :v)', { ':v': { S: 'eu-' } }, true],
    ['attribute_type(numbers, :v)', { ':v': { S: 'L' } }, true],
    ['fence BETWEEN :a AND :b', { ':a': { N: '7' }, ':b': { N: '9' } }, true],
    ['fence IN (:a, :b)', { ':a': { N: '8' }, ':b': { N: '7' } }, true],
    ['tags = :v', { ':v': { SS: ['green', 'blue'] } }, true],
    // AND binds closer than OR, and NOT closest.
    ['id = :v OR id = :v AND fence = :v', { ':v': { S: 'api' } }, true],
    ['NOT id = :v or attribute_exists(id)', { ':v': { S: 'api' } }, true],
    ['not (id = :v or attribute_exists(id))', { ':v': { S: 'api' } }, false],
  ])('%s is judged as AWS does', (expression, values, expected) => {
    expect(judge(expression, values)).toBe(expected);
  });

  test.each<[string, Values | undefined, string]>([
    ['', undefined, 'Invalid ConditionExpression: The expression can not be empty;'],
    [
      'owner = :v',
      { ':v': { S: 'x' } },
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: owner',
    ],
    [
      '#a = :v',
      { ':v': { S: 'x' } },
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
    ],
    [
      'id = :w',
      { ':v': { S: 'x' } },
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :w',
    ],
    [
      'id = :v',
      { ':v': { S: 'x' }, ':w': { S: 'y' } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}',
    ],
    ['id = ', undefined, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'],
    ['id ! id', undefined, 'Invalid ConditionExpression: Syntax error; token: "!", near: " ! "'],
    ['exists(id)', undefined, 'Invalid ConditionExpression: Invalid function name; function: exists'],
    [
      'begins_with(id, :v)',
      { ':v': { N: '1' } },
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'fence < :v',
      { ':v': { BOOL: true } },
      'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL',
    ],
    [
      'attribute_exists(:v)',
      { ':v': { S: 'id' } },
      'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists',
    ],
  ])('%s is refused in the words of AWS', (expression, values, message) => {
    expect(() => judge(expression, values)).toThrow(message);
    expect(() => judge(expression, values)).toThrow(AwsError);
  });

  test('Refuses a name that no expression uses', () => {
    expect(() => judge('id = :v', { ':v': { S: 'x' } }, { '#unused': 'id' })).toThrow(
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
    );
  });
});

describe('An update', () => {
  test.each<[string, Values | undefined, Partial<Record<string, unknown>>]>([
    ['SET fence = fence + :one', { ':one': { N: '1' } }, { fence: { N: '8' } }],
    ['SET fence = fence - :v', { ':v': { N: '7.5' } }, { fence: { N: '-0.5' } }],
    ['SET tally = if_not_exists(tally, :v)', { ':v': { N: '0' } }, { tally: { N: '0' } }],
    ['SET fence = if_not_exists(fence, :v)', { ':v': { N: '0' } }, { fence: { N: '7' } }],
    [
      'SET numbers = list_append(numbers, :v)',
      { ':v': { L: [{ N: '4' }] } },
      { numbers: { L: [{ N: '1' }, { N: '2' }, { N: '3' }, { N: '4' }] } },
    ],
    [
      'SET numbers[9] = :v',
      { ':v': { N: '9' } },
      { numbers: { L: [{ N: '1' }, { N: '2' }, { N: '3' }, { N: '9' }] } },
    ],
    ['REMOVE numbers[0], numbers[1]', undefined, { numbers: { L: [{ N: '3' }] } }],
    ['REMOVE mapped.area, id', undefined, { id: undefined }],
    ['ADD fence :v', { ':v': { N: '3' } }, { fence: { N: '10' } }],
    ['ADD newcomer :v', { ':v': { N: '3' } }, { newcomer: { N: '3' } }],
    ['ADD tags :v', { ':v': { SS: ['blue', 'red'] } }, { tags: { SS: ['blue', 'green', 'red'] } }],
    ['DELETE tags :v', { ':v': { SS: ['blue', 'green'] } }, { tags: undefined }],
    // Operands are read before anything is changed.
    ['SET a = fence, fence = :v', { ':v': { N: '1' } }, { a: { N: '7' }, fence: { N: '1' } }],
  ])('%s gives what AWS gives', (expression, values, expected) => {
    const after = update(expression, values);
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, after[name]]))).toEqual(expected);
  });

  test.each<[string, Values | undefined, string]>([
    ['SET id = :v SET fence = :v', { ':v': { N: '1' } }, 'The "SET" section can only be used once'],
    ['SET mapped = :v, mapped.area = :v', { ':v': { S: 'x' } }, 'Two document paths overlap with each other'],
    ['SET a = absent', undefined, 'refers to an attribute that does not exist in the item'],
    [
      'SET a = id + :v',
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'SET absent.a = :v',
      { ':v': { N: '1' } },
      'The document path provided in the update expression is invalid',
    ],
    ['ADD id :v', { ':v': { S: 'x' } }, 'Incorrect operand type for operator or function; operator: ADD'],
    ['SET status = :v', { ':v': { S: 'x' } }, 'reserved keyword: status'],
    ['CHANGE id', undefined, 'Syntax error; token: "CHANGE"'],
  ])('%s is refused', (expression, values, message) => {
    expect(() => update(expression, values)).toThrow(message);
  });
});
