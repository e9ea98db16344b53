/** The embedded cloud's evaluator against `@cloud-copilot/iam-simulate`, on the statements of Forseti's own roles. */
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import { evaluateStatements, listOf, type Requirement, type Statement } from '@forseti/embedded-cloud';
import * as fc from 'fast-check';
import { compileStack } from '../../../cli/local/stack';
import { permissionsOf } from '../../privileges/permissions';

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

/** Values of condition keys with which the template's conditions hold, or do not. */
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

test("The template's own statements judge a thousand requests alike, allowed and refused ones", async () => {
  const { permissions } = await permissionsOf(await compileStack(process.cwd()));
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
