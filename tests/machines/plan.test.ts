import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ask } from '../../cli/session/ask';
import { planPlain, planTree } from '../../cli/views/planView';
import { styleOf } from '../../cli/terminal/style';
import { expectedSteps, transitionsOf } from '../../lib/engine/path';
import type { DeploymentPlan } from '../../lib/plan/plan';
import { savedStack } from './support/commandLine';
import { startTestStack, type TestStack } from './support/testStack';

const read = /^(Describe|Get|List|BatchGet|Query|Invoke$)/;
const fleetServices = ['ec2', 'autoscaling', 'ssm', 'cloudwatch', 'elasticloadbalancing'];
const services = [...fleetServices, 'dynamodb', 'states', 'sqs', 'sns', 'events'] as const;

const plan = (stack: TestStack, input: object): Promise<DeploymentPlan> =>
  ask<DeploymentPlan>(stack.session, 'Plan', { application: 'api', version: 'v2', ...input });

/** Calls of a deployment that change the fleet, by state: `Provision ec2 CreateTags`, with their counts. */
const mutations = (stack: TestStack, from: number): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { caller, service, action, input, mutating } of stack.cloud.calls.list.slice(from)) {
    if (!mutating || !fleetServices.includes(service)) continue;
    if ((input as { DryRun?: boolean }).DryRun === true) continue;
    const key = `${caller.split('-').at(-1) ?? ''} ${service} ${action}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

const planned = ({ steps }: DeploymentPlan) => {
  const all = steps.flatMap(({ state, calls }) =>
    calls.map((call) => ({ key: `${state} ${call.service} ${call.action}`, ...call })),
  );
  return {
    exact: Object.fromEntries(all.filter(({ about }) => !about).map(({ key, count }) => [key, count])),
    about: all.filter(({ about }) => about).map(({ key }) => key),
  };
};

const scaling = {
  scaling: {
    policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 60 } },
    alarms: {
      slow: {
        metric: 'TargetResponseTime',
        namespace: 'AWS/ApplicationELB',
        statistic: 'Average',
        periodSeconds: 60,
        evaluationPeriods: 3,
        threshold: 2,
        comparison: '>',
      },
    },
  },
};

test.each<[string, object, object]>([
  ['deploy-and-snapshot', scaling, {}],
  ['golden-instance by a refresh', {}, { strategy: 'golden-instance' }],
  ['golden-instance by a surge', { rollout: { strategy: 'surge' } }, { strategy: 'golden-instance' }],
])('What is planned happens, and takes as long: %s', async (_, settings, input) => {
  const stack = await startTestStack({ settings, seed: 2 });
  for (const [version, basis] of [
    ['v2', 'assumptions'],
    ['v3', 'history'],
  ] as const) {
    const told = await plan(stack, { ...input, version });
    expect(told.checks.filter(({ problem }) => problem !== undefined)).toEqual([]);
    const [before, transitions] = [stack.cloud.calls.list.length, stack.cloud.meters.stateTransitions ?? 0];
    const { path, seconds, outcome } = await stack.deploy({ application: 'api', version, ...input }, version);
    expect(outcome).toBe('Deployed');
    const states = told.steps.map(({ state }) => state);
    expect(path.filter((state) => states.includes(state))).toEqual(states);
    expect((stack.cloud.meters.stateTransitions ?? 0) - transitions).toBe(told.transitions);
    const { exact, about } = planned(told);
    const made = Object.entries(mutations(stack, before)).filter(([key]) => !about.includes(key));
    expect(Object.fromEntries(made)).toEqual(exact);
    expect(told.duration.basis).toBe(basis);
    expect(told.duration.from).toEqual(basis === 'history' ? ['v2'] : []);
    expect(Math.abs(told.duration.minutes - seconds / 60)).toBeLessThan(seconds / 600);
  }
});

const setUp = savedStack(() => startTestStack({ settings: scaling }));

const stateOf = (stack: TestStack): string[] =>
  services.map((name) => JSON.stringify(stack.region.service(name as 'ec2').state));

test('A plan changes nothing: every call reads or is a dry run, and a second plan is the same', async () => {
  const { stack } = await setUp();
  const [before, calls] = [stateOf(stack), stack.cloud.calls.list.length];
  const first = await plan(stack, {});
  const second = await plan(stack, {});
  expect(second).toEqual(first);
  expect(stateOf(stack)).toEqual(before);
  const others = stack.cloud.calls.list
    .slice(calls)
    .filter(({ action, input }) => !read.test(action) && (input as { DryRun?: boolean }).DryRun !== true);
  expect(others).toEqual([]);
});

test('A plan lists the launch template field by field, and policies and alarms', async () => {
  const { stack } = await setUp();
  const told = await plan(stack, {});
  expect(told.launchTemplate?.fields).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ field: 'ImageId', after: '(the image of v2)' }),
      { field: 'TagSpecifications[instance].Tags[forseti:version]', after: 'v2' },
    ]),
  );
  expect(told.scaling.map(({ kind, change, name }) => [kind, change, name])).toEqual([
    ['scaling-policy', 'add', 'forseti-cpu'],
    ['alarm', 'add', 'forseti-production-api-slow'],
  ]);
  expect(told.steps.find(({ state }) => state === 'Provision')?.instances).toBe(
    '1 instance first, then 3 in 3 batches of at most 1',
  );
  const tree = planTree(told, styleOf(false)).join('\n');
  expect(tree).toContain('  + alarm forseti-production-api-slow\n    + ActionsEnabled: true');
  expect(tree).toContain('checks  all pass');
  expect(planPlain(told)).toEqual(
    expect.arrayContaining([
      'call\tBakeImage\tec2\tCreateImage\t1',
      'alarm\tadd\tforseti-production-api-slow',
    ]),
  );
});

test('A plan uses given prices instead of the list', async () => {
  const { stack } = await setUp();
  const dear = await plan(stack, { prices: { imageGbMonth: 10 } });
  expect(dear.cost.lines.find(({ unit }) => unit === 'GB-month')?.dollars).toBe(80);
});

test('A plan lists every problem that would refuse the deployment, with what was found', async () => {
  const { stack } = await setUp();
  await stack.store({
    ...scaling,
    targetGroups: ['arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/x/1'],
  });
  const told = await plan(stack, { image: 'ami-00000000000000000' });
  expect(told.ready).toBe(false);
  expect(told.checks.filter(({ problem }) => problem !== undefined).map(({ name }) => name)).toEqual([
    'target groups',
    'image',
  ]);
  expect(planTree(told, styleOf(false)).join('\n')).toContain('checks  2 would refuse it');
});

test.each([
  [{ application: 'apo' }, 'RefusedEarly', 'did you mean "api"'],
  [{ versoin: 'v2' }, 'UsageError', 'not a request for a plan'],
  [{ prices: { coffee: 3 } }, 'UsageError', 'not a request for a plan'],
  [{ resumeFrom: 'api-v2-0' }, 'UsageError', 'Deployment api-v2-0 cannot be resumed'],
])('A plan with %j is refused', async (input, name, message) => {
  const { stack } = await setUp();
  await expect(plan(stack, input)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message) as string,
  });
});

test('A plan can be asked for in the console', async () => {
  const { stack } = await setUp();
  const { Payload: payload, FunctionError: error } = await stack.session.connect(LambdaClient).send(
    new InvokeCommand({
      FunctionName: 'forseti-production-Plan',
      Payload: JSON.stringify({ application: 'api', version: 'v2' }),
    }),
  );
  expect(error).toBeUndefined();
  expect(JSON.parse(Buffer.from(payload ?? []).toString())).toMatchObject({ ready: true, version: 'v2' });
});

test('A plan names the running deployment, which would refuse it', async () => {
  const { stack } = await setUp();
  const arn = await stack.start({ application: 'api', version: 'v9' }, 'running');
  await stack.cloud.advance(60_000);
  const told = await plan(stack, {});
  expect(told.checks.find(({ name }) => name === 'lock')).toMatchObject({
    found: 'running',
    problem: expect.stringContaining('forseti halt api') as string,
  });
  await stack.ended(arn);
});

test('The steps of a path and its transitions follow from the record alone', () => {
  const ready = { strategy: 'golden-instance', image: 'ami-1' } as const;
  expect(expectedSteps(ready)).not.toContain('Provision');
  expect(transitionsOf(ready)).toBe(expectedSteps(ready).length + 5);
});
