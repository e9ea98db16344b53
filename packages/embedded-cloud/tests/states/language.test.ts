import { choose } from '../../src/states/choice';
import type { ChoiceState } from '../../src/states/definition';
import { evaluateIntrinsic } from '../../src/states/intrinsic';
import { readPath, writePath } from '../../src/states/path';
import { backoffMs, matchesError } from '../../src/states/retry';

const value = {
  a: { b: [10, { 'c d': 'x' }] },
  text: 'v1.4.2',
  flag: false,
  none: null,
  at: '2026-11-22T08:00:00Z',
};

describe('A path', () => {
  test.each<[string, unknown]>([
    ['$', value],
    ['$.a.b[0]', 10],
    ["$.a.b[1]['c d']", 'x'],
    ['$.flag', false],
    ['$.a.missing.deeper', undefined],
    ['$.text.length', undefined],
    ['$$.Execution.Name', 'api-1'],
  ])('%s reads %j', (path, found) => {
    expect(readPath(path, value, { Execution: { Name: 'api-1' } })).toEqual(found);
  });

  test.each<[string | null, unknown, unknown]>([
    [null, { a: 1 }, { a: 1 }],
    ['$', { a: 1 }, 'new'],
    ['$.error', { a: 1 }, { a: 1, error: 'new' }],
    ['$.a.b', { a: { c: 1 } }, { a: { b: 'new', c: 1 } }],
    ['$.x.y', {}, { x: { y: 'new' } }],
  ])('%s writes into %j', (path, input, output) => {
    expect(writePath(path, input, 'new')).toEqual(output);
  });

  test('Does not write into what is no object', () => {
    expect(() => writePath('$.error', 'text', 'new')).toThrow('not an object');
  });
});

describe('An intrinsic function', () => {
  test.each<[string, unknown]>([
    ["States.Format('{}-{}', $.text, $.a.b[0])", 'v1.4.2-10'],
    ["States.Format('it\\'s \\{{}\\}', $.text)", "it's {v1.4.2}"],
    ['States.JsonToString($.a)', '{"b":[10,{"c d":"x"}]}'],
    ["States.StringToJson('[1,2]')", [1, 2]],
    ["States.Array($.text, 1, true, null, States.Format('a'))", ['v1.4.2', 1, true, null, 'a']],
  ])('%s gives %j', (text, result) => {
    expect(evaluateIntrinsic(text, (path) => readPath(path, value, {}))).toEqual(result);
  });
});

describe('A choice', () => {
  const choice = (testRegion: object): ChoiceState => ({
    Type: 'Choice',
    Choices: [{ ...testRegion, Next: 'yes' }],
    Default: 'no',
  });

  test.each<[object, string]>([
    [{ Variable: '$.text', StringEquals: 'v1.4.2' }, 'yes'],
    [{ Variable: '$.text', StringEqualsPath: '$.text' }, 'yes'],
    [{ Variable: '$.text', StringMatches: 'v1.*' }, 'yes'],
    [{ Variable: '$.text', StringMatches: 'v1?4*' }, 'no'],
    [{ Variable: '$.a.b[0]', NumericGreaterThanEquals: 10 }, 'yes'],
    [{ Variable: '$.a.b[0]', StringEquals: '10' }, 'no'],
    [{ Variable: '$.at', TimestampLessThan: '2026-11-22T10:00:00+01:00' }, 'yes'],
    [{ Variable: '$.flag', BooleanEquals: false }, 'yes'],
    [{ Variable: '$.missing', IsPresent: false }, 'yes'],
    [{ Variable: '$.none', IsPresent: true }, 'yes'],
    [{ Variable: '$.none', IsNull: true }, 'yes'],
    [{ Not: { Variable: '$.text', StringEquals: 'v1.4.2' } }, 'no'],
    [
      {
        And: [
          { Variable: '$.flag', IsBoolean: true },
          { Variable: '$.text', IsNumeric: true },
        ],
      },
      'no',
    ],
    [
      {
        Or: [
          { Variable: '$.flag', IsString: true },
          { Variable: '$.text', IsString: true },
        ],
      },
      'yes',
    ],
  ])('Of %j is %s', (testRegion, next) => {
    expect(choose(choice(testRegion), { value, context: {} })).toBe(next);
  });

  test('Fails where its variable is not there, and where nothing matches and there is no default', () => {
    const missing = choice({ Variable: '$.missing', StringEquals: 'a' });
    expect(() => choose(missing, { value, context: {} })).toThrow('Invalid path');
    const { Type, Choices } = choice({ Variable: '$.text', StringEquals: 'a' });
    expect(() => choose({ Type, Choices }, { value, context: {} })).toThrow('No choice matched');
  });
});

describe('ErrorEquals', () => {
  test.each<[string, string, boolean]>([
    ['States.ALL', 'ProvisionFailed', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.Runtime', false],
    ['States.TaskFailed', 'ProvisionFailed', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['Halted', 'ProvisionFailed', false],
  ])('%s takes %s: %s', (name, error, taken) => {
    expect(matchesError([name], error)).toBe(taken);
  });
});

test('A back-off grows by its rate up to its limit', () => {
  const retrier = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 15 };
  expect([0, 1, 2].map((count) => backoffMs(retrier, count))).toEqual([2000, 6000, 15_000]);
  expect([0, 1].map((count) => backoffMs({ ErrorEquals: [] }, count))).toEqual([1000, 2000]);
});
