/**
 * Compares what the embedded cloud requires of IAM for each call with what AWS publishes: actions, resource types,
 * condition keys.
 */
import type { AnyAction, Requirement } from '@forseti/embedded-cloud';
import { type ActionData, actionData, carries, type ResourceType } from '../../privileges/iamData';
import { startTestStack, type TestStack } from '../../machines/support/testStack';

/** A call by the SDK's name, and its requirements. */
interface Asked {
  readonly call: string;
  readonly requirements: readonly Requirement[];
}

const services = [
  'autoscaling',
  'cloudtrail',
  'cloudwatch',
  'dynamodb',
  'ec2',
  'elasticloadbalancing',
  'events',
  'lambda',
  'servicequotas',
  'sns',
  'sqs',
  'ssm',
  'states',
];

/** Records from now on what the calls on a test stack require. */
const listen = (stage: TestStack, asked: Asked[]): void => {
  for (const service of services) {
    const actions = stage.cloud.service('eu-west-1', service).actions as Record<string, AnyAction>;
    for (const [name, action] of Object.entries(actions)) {
      actions[name] = {
        run: (...given) => action.run(...given),
        requires: (...given) => {
          const requirements = action.requires(...given);
          asked.push({ call: `${service}:${name}`, requirements });
          return requirements;
        },
      };
    }
  }
};

const asked: Asked[] = [];
const data = new Map<string, ActionData | undefined>();

beforeAll(async () => {
  const scaling = {
    policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
    alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10, statistic: 'Sum' } },
  };
  for (const settings of [
    { scaling },
    { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh' } },
    { strategy: 'golden-instance', rollout: { strategy: 'surge' } },
  ]) {
    const stage = await startTestStack({ settings });
    listen(stage, asked);
    expect((await stage.deploy()).outcome).toBe('Deployed');
    expect((await stage.rollBack()).outcome).toBe('RolledBack');
  }
  for (const { action } of asked.flatMap(({ requirements }) => requirements))
    if (!data.has(action)) data.set(action, await actionData(action));
}, 120_000);

const knownOf = (action: string): ActionData => {
  const found = data.get(action);
  if (!found) throw new Error(`AWS knows no action ${action}.`);
  return found;
};

const typeOf = ({ action, resource }: Requirement): ResourceType | undefined =>
  knownOf(action).resourceTypes.find(({ arn }) => arn.test(resource));

/** The different lines, in their order. */
const lines = (all: readonly string[]): string[] => [...new Set(all)].sort();

test('Many actions of all services were called, and AWS knows each', () => {
  expect(data.size).toBeGreaterThan(50);
  expect([...data].filter(([, found]) => !found).map(([action]) => action)).toEqual([]);
});

test('Each call is checked on a resource of a type that AWS checks it on', () => {
  const strange = asked
    .flatMap(({ requirements }) => requirements)
    .filter((requirement) =>
      requirement.resource === '*' ? !knownOf(requirement.action).onlyOnEverything : !typeOf(requirement),
    );
  expect(lines(strange.map(({ action }) => action))).toEqual([
    // The quota is an optional resource: a policy may leave it out.
    'servicequotas:GetServiceQuota',
    // AWS checks it on the machine, although it publishes no resource type (tests/unit/stack/permissions.test.ts).
    'states:SendTaskSuccess',
  ]);
});

test('Each call is checked with no other condition keys than AWS gives', () => {
  const strange = asked.flatMap(({ requirements }) =>
    requirements.flatMap((requirement) =>
      Object.keys(requirement.context ?? {})
        .filter((key) => !carries(knownOf(requirement.action), typeOf(requirement), key))
        .map((key) => `${requirement.action} ${typeOf(requirement)?.name ?? '*'} ${key}`),
    ),
  );
  expect(lines(strange)).toEqual([]);
});

test('Each call is checked on all types of resources that AWS requires', () => {
  const missing = asked.flatMap(({ call, requirements }) =>
    [...new Set(requirements.map(({ action }) => action))].flatMap((action) =>
      knownOf(action)
        .resourceTypes.filter(
          ({ required, arn }) =>
            required && !requirements.some((one) => one.action === action && arn.test(one.resource)),
        )
        .map(({ name }) => `${call} ${action} ${name}`),
    ),
  );
  expect(lines(missing)).toEqual([
    // AWS lists both forms of one resource: an execution is standard or express, a list is of a machine or of a map
    // run.
    'states:DescribeExecution states:DescribeExecution express',
    'states:ListExecutions states:ListExecutions maprun',
  ]);
});
