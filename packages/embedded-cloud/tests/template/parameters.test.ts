import type { ParameterDeclaration } from '../../src/template/parameters';
import { resolveTemplate } from '../../src/template/resolve';

const place = {
  region: 'eu-west-1',
  account: '111122223333',
  partition: 'aws',
  stackName: 'acme-test',
} as const;

const resolve = (
  Parameters: Readonly<Record<string, ParameterDeclaration>>,
  parameters: Readonly<Record<string, string>>,
) => resolveTemplate({ Parameters, Resources: {} }, { ...place, parameters });

const count = { Type: 'Number', Default: 0, MinValue: 0, MaxValue: 5 };

describe("A template's parameters", () => {
  test.each<[string, ParameterDeclaration, Record<string, string>, string]>([
    ['lack a value', { Type: 'String' }, {}, 'Parameters: [Given] must have values'],
    ['are unknown', count, { Other: '1' }, 'Parameters: [Other] do not exist in the template'],
    ['are no number', count, { Given: 'many' }, "Parameter 'Given' must be a number"],
    ['are too small', count, { Given: '-1' }, "Parameter 'Given' must be a number not less than 0"],
    ['are too great', count, { Given: '6' }, "Parameter 'Given' must be a number not greater than 5"],
    ['are not allowed', { AllowedValues: ['a', 'b'] }, { Given: 'c' }, 'must be one of AllowedValues: a, b'],
    ['match in part only', { AllowedPattern: '[a-z]+' }, { Given: 'a1' }, 'must match pattern [a-z]+'],
    ['are too short', { MinLength: 2 }, { Given: 'a' }, 'must contain at least 2 characters'],
    ['are too long', { MaxLength: '2' }, { Given: 'abc' }, 'must contain at most 2 characters'],
    [
      'break a rule that has a description',
      { AllowedPattern: 'a', ConstraintDescription: 'is a' },
      { Given: 'b' },
      "Parameter 'Given' is a",
    ],
    [
      'have a default that breaks a rule',
      { Default: 'x', AllowedValues: ['a'] },
      {},
      'must be one of AllowedValues: a',
    ],
  ])('Are refused where they %s', (_title, declaration, given, message) => {
    expect(() => resolve({ Given: declaration }, given)).toThrow(message);
  });

  test('Are taken within their bounds, and by default', () => {
    expect(resolve({ Given: count }, { Given: '5' })).toEqual([]);
    expect(resolve({ Given: count, Empty: { Type: 'String', Default: '' } }, {})).toEqual([]);
  });
});
