/**
 * Compares our evaluator with the independent `@cloud-copilot/iam-simulate`: same policies, same requests, same
 * verdict.
 */
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import * as fc from 'fast-check';
import { evaluateStatements } from '../../src/iam/judge';
import type { Statement } from '../../src/iam/statement';
import type { Requirement } from '../../src/core/service';

const account = '111122223333';

const theirs = (statements: readonly Statement[], { action, resource, context = {} }: Requirement): boolean =>
  runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/tested`,
        action,
        resource: { resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      identityPolicies: [{ name: 'tested', policy: { Version: '2012-10-17', Statement: statements } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  ) === 'Allowed';

const ours = (statements: readonly Statement[], requirement: Requirement): boolean =>
  evaluateStatements(statements, [requirement]).allowed;

const queue = `arn:aws:sqs:eu-west-1:${account}:acme-waiting`;
const allow = (more: Partial<Statement>): Statement => ({ Effect: 'Allow', ...more });
const deny = (more: Partial<Statement>): Statement => ({ Effect: 'Deny', ...more });
const send = (context: Requirement['context'] = {}): Requirement => ({
  action: 'sqs:SendMessage',
  resource: queue,
  context,
});
const onAll = { Action: 'sqs:SendMessage', Resource: '*' };
const tag = 'aws:ResourceTag/acme:application';

const table: [string, Statement[], Requirement][] = [
  ['nothing', [], send()],
  ['an action in other case', [allow({ Action: 'SQS:sendmessage', Resource: queue })], send()],
  ['a resource in other case', [allow({ Action: '*', Resource: queue.toUpperCase() })], send()],
  ['a wildcard over colons', [allow({ Action: 'sqs:*', Resource: 'arn:aws:*' })], send()],
  ['a question mark', [allow({ Action: 'sqs:SendMessag?', Resource: `${queue.slice(0, -1)}?` })], send()],
  ['NotAction', [allow({ NotAction: 'sqs:Delete*', Resource: '*' })], send()],
  ['NotAction of this', [allow({ NotAction: 'sqs:Send*', Resource: '*' })], send()],
  ['NotResource', [allow({ Action: '*', NotResource: `${queue}-dead` })], send()],
  ['NotResource of this', [allow({ Action: '*', NotResource: queue })], send()],
  ['a deny beside', [allow(onAll), deny({ Action: 'sqs:*', Resource: queue })], send()],
  ['a deny of another', [allow(onAll), deny({ Action: 'sqs:*', Resource: `${queue}-dead` })], send()],
  ['a tag of any value', [allow({ ...onAll, Condition: { StringLike: { [tag]: ['*'] } } })], send()],
  [
    'a tag without a value',
    [allow({ ...onAll, Condition: { StringLike: { [tag]: ['*'] } } })],
    send({ [tag.toLowerCase()]: '' }),
  ],
  ['no tag of that name', [allow({ ...onAll, Condition: { Null: { [tag]: 'true' } } })], send()],
  [
    'a negated operator without the key',
    [allow({ ...onAll, Condition: { StringNotEquals: { [tag]: 'api' } } })],
    send(),
  ],
  [
    'IfExists without the key',
    [allow({ ...onAll, Condition: { StringEqualsIfExists: { [tag]: 'api' } } })],
    send(),
  ],
  [
    'all keys of a kind, of none',
    [allow({ ...onAll, Condition: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['acme:*'] } } })],
    send(),
  ],
  [
    'any key of a kind, of none',
    [allow({ ...onAll, Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['acme:*'] } } })],
    send(),
  ],
  [
    'an ARN of a kind',
    [allow({ ...onAll, Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:*:${account}:rule/*` } } })],
    send({ 'aws:sourcearn': `arn:aws:events:eu-west-1:${account}:rule/x` }),
  ],
  [
    'an ARN with a wildcard for its parts',
    [allow({ ...onAll, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:*' } } })],
    send({ 'aws:sourcearn': `arn:aws:events:eu-west-1:${account}:rule/x` }),
  ],
];

test.each(table)('%s is judged alike', (_what, statements, requirement) => {
  expect(ours(statements, requirement)).toBe(theirs(statements, requirement));
});

test('The table holds verdicts of both kinds', () => {
  const verdicts = table.map(([, statements, requirement]) => theirs(statements, requirement));
  expect(verdicts.filter(Boolean).length).toBeGreaterThan(5);
  expect(verdicts.filter((allowed) => !allowed).length).toBeGreaterThan(5);
});

/** Values of condition keys, of which some make conditions hold. */
const contexts = fc.record(
  {
    'aws:resourcetag/acme:application': fc.constantFrom('api', ''),
    'aws:resourcetag/acme:deployment': fc.constantFrom('api-v2', 'x'),
    'aws:resourcetag/aws:autoscaling:groupname': fc.constant('api'),
    'ssm:resourcetag/acme:deployment': fc.constant('api-v2'),
    'aws:requesttag/acme:deployment': fc.constant('api-v2'),
    'aws:tagkeys': fc.subarray(['acme:version', 'acme:deployment', 'Name']),
    'ec2:createaction': fc.constantFrom('RunInstances', 'CreateImage', 'CreateVolume'),
    'ec2:launchtemplate': fc.constantFrom(
      `arn:aws:ec2:eu-west-1:${account}:launch-template/lt-1`,
      'arn:aws:ec2:eu-west-1:999999999999:launch-template/lt-1',
    ),
    'ec2:owner': fc.constantFrom(account, 'amazon'),
    'iam:passedtoservice': fc.constantFrom('ec2.amazonaws.com', 'lambda.amazonaws.com'),
    'dynamodb:leadingkeys': fc.subarray(['freeze:api', 'api']),
  },
  { requiredKeys: [] },
);

/** Statements from a few parts that allow or deny. */
const statement = fc.record({
  Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
  Action: fc.subarray(['sqs:SendMessage', 'sqs:Receive*', 'ec2:*', 'ec2:CreateTags'], { minLength: 1 }),
  Resource: fc.subarray(
    [queue, `${queue}-*`, `arn:aws:ec2:*:${account}:instance/*`, 'arn:aws:ec2:*::image/*', '*'],
    {
      minLength: 1,
    },
  ),
  Condition: fc.oneof(
    fc.constant({}),
    ...['StringEquals', 'StringNotEquals', 'StringLike', 'StringEqualsIfExists', 'StringNotLike'].map(
      (operator) => fc.constantFrom('api', 'a*', '*').map((value) => ({ [operator]: { [tag]: [value] } })),
    ),
    fc.constantFrom('true', 'false').map((value) => ({ Null: { [tag]: value } })),
    fc
      .constantFrom('ForAllValues:StringLike', 'ForAnyValue:StringLike', 'ForAllValues:StringEquals')
      .map((operator) => ({ [operator]: { 'aws:TagKeys': ['acme:*', 'Name'] } })),
  ),
});

test('Policies made of such parts, with denials, are judged alike', () => {
  const seen = { true: 0, false: 0 };
  const requirement = fc.record({
    action: fc.constantFrom('sqs:SendMessage', 'sqs:ReceiveMessage', 'ec2:CreateTags', 'ec2:CreateImage'),
    resource: fc.constantFrom(
      queue,
      `${queue}-dead`,
      `arn:aws:ec2:eu-west-1:${account}:instance/i-1`,
      'arn:aws:ec2:eu-west-1::image/ami-1',
    ),
    context: contexts,
  });
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), requirement, (statements, asked) => {
      const verdict = ours(statements, asked);
      seen[`${verdict}`] += 1;
      expect(verdict).toBe(theirs(statements, asked));
    }),
    { numRuns: 1_500, seed: 6 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(150);
});
