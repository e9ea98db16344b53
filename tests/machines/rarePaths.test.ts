/** Paths that few deployments take, but that need permissions: each is taken here once. */
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError, type CallSeen, type Faults, functionUrlOf, outagesOf } from '@forseti/embedded-cloud';
import { Table } from '../../lib/aws/table';
import type { Pointer, Wait } from '../../lib/engine/waiting/waits';
import { fromGitHub, secret } from '../unit/intake/webhookExamples';
import { ask, minuteMs, untilCall } from './support/acts';
import { refusedByIam } from './support/calls';
import { both, failing } from './support/failing';
import { fleetSnapshot, looseEnds, noLooseEnds, recordOf } from './support/snapshot';
import { isRunning, untilIn } from './support/scenes';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await startTestStack();
}, 120_000);

const wantInstances = (stack: TestStack, count: number): Promise<unknown> =>
  stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: count }));

/** An instance begins to launch after Preflight has looked at the group, and before the state does. */
const scaleOutBefore = async (stack: TestStack, arn: string, state: string): Promise<void> => {
  await untilIn(stack, arn, state);
  await wantInstances(stack, 5);
};

/** Whether a state made a call that AWS carried out. */
const made = (stack: TestStack, state: string, action: string): boolean =>
  stack.cloud.calls.list.some(
    (call) =>
      call.caller === `forseti-production-${state}` && call.action === action && call.error === undefined,
  );

/** Calls of one state that fail for good, from when the fault is switched on. */
const breakable = (state: string, action: string) => {
  const broken = { on: false };
  const faults: Faults = {
    call: (seen: CallSeen) =>
      broken.on && seen.caller.name === `forseti-production-${state}` && seen.action === action
        ? { before: new AwsError('ValidationError', 'It is broken for good.') }
        : undefined,
  };
  return { broken, faults };
};

/**
 * A fault for a function's first call of an action. With `after`, the call is carried out, and its answer is the
 * error.
 */
const strikingOnce = (state: string, action: string, fault: 'before' | 'after', error: AwsError): Faults => ({
  call: (seen) =>
    seen.caller.name === `forseti-production-${state}` && seen.action === action && seen.count === 0
      ? fault === 'before'
        ? { before: error }
        : { after: error }
      : undefined,
});

const golden = { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } };

test('Suspend waits until an instance that is being launched is there', async () => {
  const stack = await startTestStack();
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await scaleOutBefore(stack, arn, 'Suspend');
  const { outcome } = await stack.ended(arn);
  expect(outcome).toBe('Deployed');
  expect(made(stack, 'Suspend', 'SendMessage')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test.each([
  ['Suspend', 'DescribeAutoScalingGroups'],
  ['Undo', 'DescribeInstanceRefreshes'],
] as const)('A poll of %s that fails for good answers the token', async (state, action) => {
  const { broken, faults } = breakable(state, action);
  const stack = await startTestStack({ faults, ...(state === 'Undo' && { settings: golden }) });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  if (state === 'Suspend') await scaleOutBefore(stack, arn, state);
  if (state === 'Undo') {
    await untilIn(stack, arn, 'Rollout');
    await stack.cloud.advance(minuteMs);
    await ask(stack, 'HaltDeployment', { application: 'api', reason: 'tested', by: 'ada' });
  }
  await untilIn(stack, arn, state);
  await untilCall(
    stack,
    (call) => call.caller === `forseti-production-${state}` && call.action === 'SendMessage',
  );
  broken.on = true;
  await untilCall(
    stack,
    (call) => call.caller === `forseti-production-${state}` && call.action === 'SendTaskFailure',
  );
  broken.on = false;
  const { outcome } = await stack.ended(arn);
  expect(['RolledBack', 'Dirty']).toContain(outcome);
  expect(made(stack, state, 'SendTaskFailure')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A poll of Halt that fails for good answers the token, and the rollback touches nothing', async () => {
  const { broken, faults } = breakable('Halt', 'GetItem');
  const stack = await startTestStack({ faults, settings: golden });
  expect((await stack.deploy(undefined, 'deployment-0')).outcome).toBe('Deployed');
  const running = await stack.start({ application: 'api', version: 'v3' });
  await untilIn(stack, running, 'Rollout');
  await stack.cloud.advance(minuteMs);
  const arn = await stack.start(
    { application: 'api', version: 'v1' },
    'rollback-1',
    stack.session.names.rollbackMachineArn,
  );
  await untilIn(stack, arn, 'Halt');
  await untilCall(
    stack,
    ({ caller, action }) => caller === 'forseti-production-Halt' && action === 'SendMessage',
  );
  broken.on = true;
  await stack.cloud.runUntil(() => !isRunning(stack, arn), 3 * 60 * minuteMs);
  broken.on = false;
  await stack.ended(running);
  expect(made(stack, 'Halt', 'SendTaskFailure')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A request for an unknown application is refused with the known ones', async () => {
  const stack = await startTestStack();
  for (const answer of [
    await ask(stack, 'HaltDeployment', { application: 'web', reason: 'tested', by: 'ada' }),
    await ask(stack, 'Freeze', { freeze: 'web', reason: 'tested', by: 'ada' }),
  ])
    expect(JSON.stringify(answer)).toMatch(/UnknownApplication.*\bapi\b/);
  const { outcome, end } = await stack.rollBack({ application: 'web' });
  expect([outcome, end?.message]).toEqual(['Rejected', expect.stringMatching(/\bapi\b/)]);
  expect(refusedByIam(stack)).toEqual([]);
});

test.each(['Complete', 'CompleteRollback'])(
  '%s reads its lock if its transaction conflicts with another, and tries again',
  async (state) => {
    const conflict = new AwsError(
      'TransactionCanceledException',
      'Transaction cancelled [TransactionConflict]',
    );
    const stack = await startTestStack({
      faults: strikingOnce(state, 'TransactWriteItems', 'before', conflict),
      settings: golden,
    });
    expect((await stack.deploy()).outcome).toBe('Deployed');
    if (state === 'CompleteRollback') expect((await stack.rollBack()).outcome).toBe('RolledBack');
    expect(made(stack, state, 'GetItem')).toBe(true);
    expect(refusedByIam(stack)).toEqual([]);
  },
);

test.each(['TakeOut', 'BakeImage'])(
  '%s finds the command again by which it seals, if the answer to its call was lost',
  async (state) => {
    const lost = new AwsError('InternalServerError', 'An internal error.', { statusCode: 500 });
    const stack = await startTestStack({
      faults: strikingOnce(state, 'SendCommand', 'after', lost),
      settings: state === 'BakeImage' ? golden : {},
    });
    expect((await stack.deploy()).outcome).toBe('Deployed');
    expect(made(stack, state, 'ListCommands')).toBe(true);
    const seals = Object.values(stack.region.service('ssm').state.commands).filter(
      ({ documentName, parameters }) =>
        documentName.endsWith('-seal') && !JSON.stringify(parameters).includes('unseal'),
    );
    expect(seals).toHaveLength(1);
    expect(refusedByIam(stack)).toEqual([]);
  },
);

test('An instance that cannot be unsealed is replaced by another', async () => {
  const stack = await startTestStack({ group: { suspended: ['AZRebalance'] } });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilIn(stack, arn, 'BakeImage');
  const aside = Object.values(stack.group().instances).find(({ lifecycle }) => lifecycle === 'Standby');
  const id = aside?.id ?? '';
  stack.region.service('ssm').state.agents[id] = {
    ...stack.region.service('ssm').state.agents[id],
    dead: true,
  };
  const { outcome } = await stack.ended(arn);
  expect(outcome).toBe('Deployed');
  expect(stack.group().instances[id]).toBeUndefined();
  expect(made(stack, 'PutBack', 'SetDesiredCapacity')).toBe(true);
  expect(made(stack, 'PutBack', 'TerminateInstanceInAutoScalingGroup')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A policy that counts requests finds the load balancer of the group', async () => {
  const stack = await startTestStack({
    settings: {
      ...golden,
      scaling: {
        policies: { requests: { type: 'target-tracking', metric: 'ALBRequestCountPerTarget', target: 100 } },
      },
    },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  expect(fleetSnapshot(stack).policies.join()).toContain('forseti-requests');
  expect(made(stack, 'SetScaling', 'DescribeTargetGroups')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('Policies and alarms that a failed deployment changed, added and removed are as before', async () => {
  const policy = (target: number) => ({
    cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target },
  });
  const alarm = (threshold: number) => ({ metric: 'HTTPCode_Target_5XX_Count', threshold, statistic: 'Sum' });
  const trouble = failing('dies before its effect', ['Resume']);
  const lateTrouble = { on: false };
  const faults: Faults = both(
    { invocation: (seen) => (lateTrouble.on ? trouble.invocation?.(seen) : undefined) },
    {},
  );
  const stack = await startTestStack({
    faults,
    settings: { scaling: { policies: policy(50), alarms: { errors: alarm(10), slow: alarm(20) } } },
  });
  expect((await stack.deploy(undefined, 'first')).outcome).toBe('Deployed');
  const before = fleetSnapshot(stack);
  await stack.store({ scaling: { policies: policy(70), alarms: { errors: alarm(11), fresh: alarm(5) } } });
  lateTrouble.on = true;
  const { outcome } = await stack.deploy({ application: 'api', version: 'v3' }, 'second');
  lateTrouble.on = false;
  expect(outcome).toBe('RolledBack');
  const after = fleetSnapshot(stack);
  expect([after.policies, after.alarms]).toEqual([before.policies, before.alarms]);
  for (const action of ['PutScalingPolicy', 'PutMetricAlarm', 'DeleteAlarms'])
    expect([action, made(stack, 'CleanUp', action)]).toEqual([action, true]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A surge that fails half way leaves no instance protected', async () => {
  const { broken, faults } = breakable('Rollout', 'TerminateInstanceInAutoScalingGroup');
  const stack = await startTestStack({
    faults,
    settings: { ...golden, rollout: { strategy: 'surge', bakeMinutes: 5 } },
  });
  broken.on = true;
  const { outcome } = await stack.deploy();
  expect(outcome).toBe('RolledBack');
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
  expect(Object.values(stack.group().instances).filter((member) => member.protected)).toEqual([]);
  expect((await recordOf(stack))?.outcome).toBe('RolledBack');
  expect(refusedByIam(stack)).toEqual([]);
});

const two = { group: { instances: 1 }, cloud: { regions: ['eu-west-1', 'eu-central-1'] } };

test("An AWS Health event while the standby is active has home's backlog read", async () => {
  const stack = await startTestStack(two);
  const from = stack.cloud.now();
  const plan = { region: 'eu-west-1', from, until: from + 6 * minuteMs };
  stack.cloud.faults = { ...stack.cloud.faults, ...outagesOf([plan]) };
  await stack.cloud.advance(6 * minuteMs + 10_000);
  stack.cloud.region('eu-central-1').publish({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'SQS', eventTypeCategory: 'issue', statusCode: 'open', eventRegion: 'eu-west-1' },
  });
  await stack.cloud.advance(20_000);
  expect(made(stack, 'Failover', 'GetQueueAttributes')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('With two regions, a webhook reads which region is active', async () => {
  const stack = await startTestStack(two);
  await stack.session.connect(SSMClient).send(
    new PutParameterCommand({
      Name: '/forseti/production/webhooks/github',
      Value: secret,
      Type: 'SecureString',
    }),
  );
  const lambda = stack.region.service('lambda');
  const [url] = Object.values(lambda.state.urls ?? {});
  const request = { url: functionUrlOf(url?.urlId ?? '', 'eu-west-1'), method: 'POST', ...fromGitHub() };
  const { status } = await stack.cloud.run(() => lambda.request(request));
  expect(status).toBe(202);
  expect(made(stack, 'Webhook', 'GetItem')).toBe(true);
  expect(refusedByIam(stack)).toEqual([]);
});

test('The sweep removes what no step waits for any more, but not what was parked anew meanwhile', async () => {
  const stack = await startTestStack();
  const table = new Table<Wait | Pointer>(stack.dynamodb, 'forseti-production-waits');
  const old = stack.cloud.now() - 3 * 60 * minuteMs;
  const row = (deployment: string): Wait => ({
    thing: `step#${deployment}#Provision`,
    step: `step#${deployment}#Provision`,
    token: 'first',
    deployment,
    state: 'Provision',
    functionName: 'forseti-production-Provision',
    deadlineAt: old,
    lookAt: old,
    looks: 1,
  });
  for (const item of [row('dead'), row('anew')]) await table.put(item);
  await table.put({
    thing: 'image#ami-1',
    step: 'step#gone#BakeImage',
    functionName: 'forseti-production-BakeImage',
  });
  const rows = () =>
    Object.values(stack.region.service('dynamodb').state.tables).find(({ name }) => name.endsWith('-waits'));
  let parked = 0;
  // Between the sweep's read and its delete, the machine's next try parks its own token.
  stack.cloud.faults = {
    call: ({ caller, action, input }) => {
      const meant =
        caller.name.endsWith('-Sweep') && action === 'DeleteItem' && JSON.stringify(input).includes('#anew#');
      for (const sorted of Object.values(rows()?.partitions ?? {}))
        for (const [key, item] of Object.entries(sorted))
          if (meant && JSON.stringify(item).includes('#anew#'))
            sorted[key] = { ...item, token: { S: `token ${String((parked += 1))}` } };
      return undefined;
    },
  };
  await stack.cloud.advance(2 * minuteMs);
  stack.cloud.faults = {};
  const left = await table.scan();
  expect(left.map(({ step }) => step)).toEqual([row('anew').step]);
  expect(left[0]).toMatchObject({ token: `token ${String(parked)}` });
  expect(refusedByIam(stack)).toEqual([]);
});
