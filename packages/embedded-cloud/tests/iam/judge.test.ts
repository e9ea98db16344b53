import { conditionsHold } from '../../src/iam/condition';
import { evaluateStatements } from '../../src/iam/judge';
import { matchesArn, matchesPattern } from '../../src/iam/pattern';
import { serviceIsAllowed } from '../../src/iam/resource-policy';
import type { Conditions, Statement } from '../../src/iam/statement';

const queue = 'arn:aws:sqs:eu-west-1:111122223333:acme-waiting';
const allow = (more: Partial<Statement>): Statement => ({ Effect: 'Allow', ...more });

describe('A call', () => {
  const send = { action: 'sqs:SendMessage', resource: queue };

  test.each<[string, Statement, boolean]>([
    ['its action and resource', allow({ Action: 'sqs:SendMessage', Resource: queue }), true],
    ['its action in other case', allow({ Action: 'SQS:sendmessage', Resource: queue }), true],
    ['actions with a wildcard', allow({ Action: ['sqs:Get*', 'sqs:Send*'], Resource: '*' }), true],
    ['another queue', allow({ Action: 'sqs:SendMessage', Resource: `${queue}-dead` }), false],
    ['the resource in other case', allow({ Action: 'sqs:*', Resource: queue.toUpperCase() }), false],
    ['all actions but others', allow({ NotAction: 'sqs:DeleteMessage', Resource: '*' }), true],
    ['all actions but this', allow({ NotAction: 'sqs:Send*', Resource: '*' }), false],
    ['all resources but this', allow({ Action: '*', NotResource: queue }), false],
    ['a question mark for one character', allow({ Action: 'sqs:SendMessag?', Resource: '*' }), true],
  ])('By a statement of %s is judged rightly', (_what, statement, allowed) => {
    expect(evaluateStatements([statement], [send]).allowed).toBe(allowed);
  });

  test('Is refused where one of its requirements is, and that one is named', () => {
    const requirements = [
      send,
      { action: 'iam:PassRole', resource: 'arn:aws:iam::111122223333:role/instance' },
    ];
    const verdict = evaluateStatements([allow({ Action: 'sqs:*', Resource: '*' })], requirements);
    expect(verdict).toEqual({ allowed: false, requirement: requirements[1], deniedBy: undefined });
  });

  test('Is refused by an explicit deny, whatever allows it', () => {
    const deny: Statement = { Effect: 'Deny', Action: '*', Resource: queue };
    expect(evaluateStatements([allow({ Action: '*', Resource: '*' }), deny], [send])).toMatchObject({
      deniedBy: deny,
    });
  });

  test('Names the statements that allowed it', () => {
    const used = allow({ Action: 'sqs:SendMessage', Resource: '*' });
    const unused = allow({ Action: 'sqs:DeleteMessage', Resource: '*' });
    expect(evaluateStatements([unused, used], [send])).toEqual({ allowed: true, by: [used] });
  });
});

describe('Conditions', () => {
  const context = {
    'aws:requesttag/acme:application': 'api',
    'aws:tagkeys': ['acme:application', 'acme:version'],
    'ec2:instancetype': 'm7g.large',
    'aws:securetransport': 'true',
    size: '20',
  };

  test.each<[Conditions, boolean]>([
    [{ StringEquals: { 'aws:RequestTag/acme:application': ['web', 'api'] } }, true],
    [{ StringEquals: { 'aws:RequestTag/acme:application': 'web' } }, false],
    [{ StringEquals: { 'aws:ResourceTag/acme:application': 'api' } }, false],
    [{ StringEqualsIfExists: { 'aws:ResourceTag/acme:application': 'api' } }, true],
    [{ StringNotEquals: { 'aws:ResourceTag/acme:application': 'api' } }, true],
    [{ StringNotEquals: { 'ec2:InstanceType': ['m7g.large', 'm7g.xlarge'] } }, false],
    [{ StringLike: { 'ec2:InstanceType': 'm7g.*' } }, true],
    [{ 'ForAllValues:StringLike': { 'aws:TagKeys': 'acme:*' } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['acme:version'] } }, false],
    [{ 'ForAllValues:StringEquals': { missing: ['a'] } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['acme:version'] } }, true],
    [{ 'ForAnyValue:StringEquals': { missing: ['a'] } }, false],
    [{ Null: { missing: 'true' } }, true],
    [{ Null: { size: true } }, false],
    [{ Bool: { 'aws:SecureTransport': true } }, true],
    [{ NumericLessThanEquals: { size: 20 } }, true],
    [{ NumericGreaterThan: { size: '20' } }, false],
    [{ StringLike: { 'ec2:InstanceType': 'm7g.*' }, NumericEquals: { size: 21 } }, false],
  ])('%j hold: %s', (conditions, holds) => {
    expect(conditionsHold(conditions, context)).toBe(holds);
  });

  test.each([{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'ForMostValues:StringLike': { a: 'b' } }])(
    'Of an operator that is not known are never guessed: %j',
    (conditions) => {
      expect(() => conditionsHold(conditions, { a: 'b' })).toThrow('is not modelled');
    },
  );

  test('With policy variables are never guessed', () => {
    expect(() => conditionsHold({ StringEquals: { a: '${aws:username}' } }, { a: 'b' })).toThrow(
      'Policy variables',
    );
  });
});

describe('Patterns', () => {
  test.each<[string, string, boolean]>([
    ['arn:aws:sqs:*:111122223333:acme-*', queue, true],
    ['arn:aws:sqs:*:acme-waiting', queue, false],
    ['arn:aws:*', queue, false],
  ])('Of ARNs do not reach over colons: %s', (pattern, value, matches) => {
    expect(matchesArn(pattern, value)).toBe(matches);
  });

  test('Take other signs literally', () => {
    expect([
      matchesPattern('a.c', 'abc'),
      matchesPattern('a.c', 'a.c'),
      matchesPattern('(a|b)', 'a'),
    ]).toEqual([false, true, false]);
  });
});

describe('A queue’s policy', () => {
  const rule = 'arn:aws:events:eu-west-1:111122223333:rule/image';
  const statement = allow({
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queue,
    Condition: { ArnEquals: { 'aws:SourceArn': [rule] } },
  });
  const requirement = (sourceArn: string) => ({
    action: 'sqs:SendMessage',
    resource: queue,
    context: { 'aws:sourcearn': sourceArn },
  });

  test.each<[string, string, boolean]>([
    ['events.amazonaws.com', rule, true],
    ['events.amazonaws.com', `${rule}-other`, false],
    ['sns.amazonaws.com', rule, false],
  ])('Lets %s send for %s: %s', (principal, sourceArn, allowed) => {
    expect(serviceIsAllowed([statement], principal, requirement(sourceArn))).toBe(allowed);
  });
});
