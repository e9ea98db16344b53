import { contentOf, type PolicyUse, type Statement, subjectOf } from '@forseti/embedded-cloud';
import { type Exception, judgeUses, shortName } from '../../privileges/judge';
import type { Held } from '../../privileges/permissions';

const role = 'forseti-production-Lock-REGION-lambdaRole';
const statement: Statement = {
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/locks',
};
const subjects = new Set([subjectOf(statement)]);
const held: Held = {
  permissions: ['dynamodb:GetItem', 'dynamodb:PutItem'].map((action) => ({
    role,
    action,
    statement,
    subjects,
  })),
  statements: new Map([[role, [[contentOf(statement)]]]]),
};
const use = (action: string): PolicyUse => ({ role, action, by: subjectOf(statement) });
const refusal = (statements: readonly Statement[]): PolicyUse => ({
  role,
  action: 'dynamodb:Scan',
  refused: 'arn:aws:dynamodb:REGION:111122223333:table/locks',
  statements: statements.map(contentOf),
});
const exception = (action: string, of = 'Lock'): Exception => ({ role: of, action, reason: 'a good one' });
const judged = (
  uses: readonly PolicyUse[],
  unused: readonly Exception[] = [],
  refused: readonly Exception[] = [],
) => {
  const { unused: left, refused: missing, idle } = judgeUses(held, uses, { unused, refused });
  return [left.length, missing.length, idle.length];
};

test.each<[string, Parameters<typeof judged>, [number, number, number]]>([
  ['nothing used', [[]], [2, 0, 0]],
  ['all used', [[use('dynamodb:GetItem'), use('dynamodb:PutItem')]], [0, 0, 0]],
  ['the same action by another statement', [[{ ...use('dynamodb:GetItem'), by: '{}' }]], [2, 0, 0]],
  ['the same action of another role', [[{ ...use('dynamodb:GetItem'), role: 'other' }]], [2, 0, 0]],
  ['an exception', [[use('dynamodb:GetItem')], [exception('dynamodb:PutItem')]], [0, 0, 0]],
  [
    'an exception of every role',
    [[use('dynamodb:GetItem')], [exception('dynamodb:PutItem', '*')]],
    [0, 0, 0],
  ],
  ['an exception that is used', [[use('dynamodb:GetItem')], [exception('dynamodb:GetItem')]], [1, 0, 1]],
  ['an exception that no role holds', [[use('dynamodb:GetItem')], [exception('dynamodb:Scan')]], [1, 0, 1]],
  ['a refusal', [[refusal([statement])]], [2, 1, 0]],
  ['a refusal of a role that a test has changed', [[refusal([])]], [2, 0, 0]],
  ['a refusal that is meant', [[refusal([statement])], [], [exception('dynamodb:Scan')]], [2, 0, 0]],
  ['a refusal that is meant and does not come', [[], [], [exception('dynamodb:Scan')]], [2, 0, 1]],
])('The uses are judged rightly: %s', (_what, [uses, unused, refused], expected) => {
  expect(judged(uses, unused, refused)).toEqual(expected);
});

test('A role has the name of its function', () => {
  expect(shortName(role)).toBe('Lock');
  expect(shortName('forseti-production-REGION-stopped')).toBe('REGION-stopped');
});
