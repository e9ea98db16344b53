/** Our evaluator against `@cloud-copilot/iam-simulate`, which we did not write: same policies, same requests, same verdict. */
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import * as fc from 'fast-check';
import { judge } from '../../src/iam/judge';
import { listOf, type Statement } from '../../src/iam/statement';
import type { Requirement } from '../../src/service';
import { compile } from '../../src/template/compile';
import { permissionsOf } from '../../../../tests/privileges/permissions';

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
  judge(statements, [requirement]).allowed;

const queue = `arn:aws:sqs:eu-west-1:${account}:forseti-waiting`;
const allow = (more: Partial<Statement>): Statement => ({ Effect: 'Allow', ...more });
const deny = (more: Partial<Statement>): Statement => ({ Effect: 'Deny', ...more });
const send = (context: Requirement['context'] = {}): Requirement => ({
  action: 'sqs:SendMessage',
  resource: queue,
  context,
});
const onAll = { Action: 'sqs:SendMessage', Resource: '*' };
const tag = 'aws:ResourceTag/forseti:application';

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
    [allow({ ...onAll, Condition: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['forseti:*'] } } })],
    send(),
  ],
  [
    'any key of a kind, of none',
    [allow({ ...onAll, Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['forseti:*'] } } })],
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

test('the table holds verdicts of both kinds', () => {
  const verdicts = table.map(([, statements, requirement]) => theirs(statements, requirement));
  expect(verdicts.filter(Boolean).length).toBeGreaterThan(5);
  expect(verdicts.filter((allowed) => !allowed).length).toBeGreaterThan(5);
});

/** Values of condition keys that make conditions of the template hold, or not. */
const contexts = fc.record(
  {
    'aws:resourcetag/forseti:application': fc.constantFrom('api', ''),
    'aws:resourcetag/forseti:deployment': fc.constantFrom('api-v2', 'x'),
    'aws:resourcetag/aws:autoscaling:groupname': fc.constant('api'),
    'ssm:resourcetag/forseti:deployment': fc.constant('api-v2'),
    'aws:requesttag/forseti:deployment': fc.constant('api-v2'),
    'aws:tagkeys': fc.subarray(['forseti:version', 'forseti:deployment', 'Name']),
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

test('the template’s own statements judge a thousand requests alike, allowed and refused ones', async () => {
  const { permissions } = await permissionsOf(await compile(process.cwd()));
  const roles = [...new Set(permissions.map(({ role }) => role))].map((role) => [
    ...new Set(permissions.filter((one) => one.role === role).map(({ statement }) => statement)),
  ]);
  const patterns = [...new Set(permissions.flatMap(({ statement }) => listOf(statement.Resource)))];
  const resources = fc
    .tuple(fc.constantFrom(...patterns), fc.constantFrom('x', 'i-0123456789abcdef0', 'a/b', ''))
    .map(([pattern, id]) => pattern.replaceAll('*', id));
  const seen = { true: 0, false: 0 };
  const cases = fc.constantFrom(...permissions).chain((permission) =>
    fc.record({
      statements: fc.oneof(
        fc.constant(roles.find((role) => role.includes(permission.statement)) ?? []),
        fc.constantFrom(...roles),
      ),
      action: fc.oneof(
        fc.constant(permission.action),
        fc.constantFrom(...permissions.map((one) => one.action)),
      ),
      resource: fc.oneof(
        fc
          .constantFrom(...listOf(permission.statement.Resource))
          .map((pattern) => pattern.replaceAll('*', 'i-0123456789abcdef0')),
        resources,
      ),
      context: contexts,
    }),
  );
  fc.assert(
    fc.property(cases, ({ statements, ...requirement }) => {
      const verdict = ours(statements, requirement);
      seen[`${verdict}`] += 1;
      expect(verdict).toBe(theirs(statements, requirement));
    }),
    { numRuns: 1_000, seed: 5 },
  );
  expect(Math.min(seen.true, seen.false)).toBeGreaterThan(150);
});

/** Statements that the template does not hold, of the parts that it is made of, allowing and denying. */
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
      .map((operator) => ({ [operator]: { 'aws:TagKeys': ['forseti:*', 'Name'] } })),
  ),
});

test('policies made of such parts, with denials, are judged alike', () => {
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
