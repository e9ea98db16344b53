/** Ways that few deployments take, and that permissions are held for: each is taken here once. */
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Table } from '../../lib/aws/table';
import type { Pointer, Wait } from '../../lib/engine/waiting/waits';
import { AwsError } from '../../packages/embedded-cloud/src/errors';
import { type CallSeen, type Faults, outagesOf } from '../../packages/embedded-cloud/src/faults';
import { addressOf } from '../../packages/embedded-cloud/src/lambda/functionUrls';
import { fromGitHub, secret } from '../unit/intake/webhookExamples';
import { ask, minuteMs, untilCall } from './support/acts';
import { refusedByIam } from './support/calls';
import { both, failing } from './support/failing';
import { fleetPicture, looseEnds, noLooseEnds, recordOf } from './support/picture';
import { isRunning, untilIn } from './support/scenes';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await raise();
}, 120_000);

const wantInstances = (stage: Stage, count: number): Promise<unknown> =>
  stage.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: count }));

/** Whether a state made a call, and AWS did it. */
const made = (stage: Stage, state: string, action: string): boolean =>
  stage.cloud.calls.list.some(
    (call) =>
      call.caller === `forseti-production-${state}` && call.action === action && call.error === undefined,
  );

/** Calls of one state that fail for good, from when it is switched on. */
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

/** The first call of an action by a function comes about, and its answer is this error. */
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
  const stage = await raise();
  await wantInstances(stage, 5);
  await stage.cloud.advance(3_000);
  const { outcome } = await stage.deploy();
  expect(outcome).toBe('Deployed');
  expect(made(stage, 'Suspend', 'SendMessage')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test.each([
  ['Suspend', 'DescribeAutoScalingGroups'],
  ['Undo', 'DescribeInstanceRefreshes'],
] as const)('a look of %s that fails for good answers the token', async (state, action) => {
  const { broken, faults } = breakable(state, action);
  const stage = await raise({ faults, ...(state === 'Undo' && { settings: golden }) });
  if (state === 'Suspend') {
    await wantInstances(stage, 5);
    await stage.cloud.advance(3_000);
  }
  const arn = await stage.start({ application: 'api', version: 'v2' });
  if (state === 'Undo') {
    await untilIn(stage, arn, 'Rollout');
    await stage.cloud.advance(minuteMs);
    await ask(stage, 'HaltDeployment', { application: 'api', reason: 'tested', by: 'ada' });
  }
  await untilIn(stage, arn, state);
  await untilCall(
    stage,
    (call) => call.caller === `forseti-production-${state}` && call.action === 'SendMessage',
  );
  broken.on = true;
  await untilCall(
    stage,
    (call) => call.caller === `forseti-production-${state}` && call.action === 'SendTaskFailure',
  );
  broken.on = false;
  const { outcome } = await stage.ended(arn);
  expect(['RolledBack', 'Dirty']).toContain(outcome);
  expect(made(stage, state, 'SendTaskFailure')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('a look of Halt that fails for good answers the token, and the rollback touches nothing', async () => {
  const { broken, faults } = breakable('Halt', 'GetItem');
  const stage = await raise({ faults, settings: golden });
  expect((await stage.deploy(undefined, 'deployment-0')).outcome).toBe('Deployed');
  const running = await stage.start({ application: 'api', version: 'v3' });
  await untilIn(stage, running, 'Rollout');
  await stage.cloud.advance(minuteMs);
  const arn = await stage.start(
    { application: 'api', version: 'v1' },
    'rollback-1',
    stage.session.names.rollbackMachineArn,
  );
  await untilIn(stage, arn, 'Halt');
  await untilCall(
    stage,
    ({ caller, action }) => caller === 'forseti-production-Halt' && action === 'SendMessage',
  );
  broken.on = true;
  await stage.cloud.runUntil(() => !isRunning(stage, arn), 3 * 60 * minuteMs);
  broken.on = false;
  await stage.ended(running);
  expect(made(stage, 'Halt', 'SendTaskFailure')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('who asks for an application that nobody knows is told which there are', async () => {
  const stage = await raise();
  for (const answer of [
    await ask(stage, 'HaltDeployment', { application: 'web', reason: 'tested', by: 'ada' }),
    await ask(stage, 'Freeze', { freeze: 'web', reason: 'tested', by: 'ada' }),
  ])
    expect(JSON.stringify(answer)).toMatch(/UnknownApplication.*\bapi\b/);
  const { outcome, end } = await stage.rollBack({ application: 'web' });
  expect([outcome, end?.message]).toEqual(['Rejected', expect.stringMatching(/\bapi\b/)]);
  expect(refusedByIam(stage)).toEqual([]);
});

test.each(['Complete', 'CompleteRollback'])(
  '%s looks at its lock where its transaction met another, and tries again',
  async (state) => {
    const conflict = new AwsError(
      'TransactionCanceledException',
      'Transaction cancelled [TransactionConflict]',
    );
    const stage = await raise({
      faults: strikingOnce(state, 'TransactWriteItems', 'before', conflict),
      settings: golden,
    });
    expect((await stage.deploy()).outcome).toBe('Deployed');
    if (state === 'CompleteRollback') expect((await stage.rollBack()).outcome).toBe('RolledBack');
    expect(made(stage, state, 'GetItem')).toBe(true);
    expect(refusedByIam(stage)).toEqual([]);
  },
);

test.each(['TakeOut', 'BakeImage'])(
  '%s finds the command again by which it seals, where nobody heard that it was sent',
  async (state) => {
    const lost = new AwsError('InternalServerError', 'An internal error.', { statusCode: 500 });
    const stage = await raise({
      faults: strikingOnce(state, 'SendCommand', 'after', lost),
      settings: state === 'BakeImage' ? golden : {},
    });
    expect((await stage.deploy()).outcome).toBe('Deployed');
    expect(made(stage, state, 'ListCommands')).toBe(true);
    const seals = Object.values(stage.region.service('ssm').state.commands).filter(
      ({ documentName, parameters }) =>
        documentName.endsWith('-seal') && !JSON.stringify(parameters).includes('unseal'),
    );
    expect(seals).toHaveLength(1);
    expect(refusedByIam(stage)).toEqual([]);
  },
);

test('an instance that cannot be unsealed is replaced by another', async () => {
  const stage = await raise({ group: { suspended: ['AZRebalance'] } });
  const arn = await stage.start({ application: 'api', version: 'v2' });
  await untilIn(stage, arn, 'BakeImage');
  const aside = Object.values(stage.group().instances).find(({ lifecycle }) => lifecycle === 'Standby');
  const id = aside?.id ?? '';
  stage.region.service('ssm').state.agents[id] = {
    ...stage.region.service('ssm').state.agents[id],
    dead: true,
  };
  const { outcome } = await stage.ended(arn);
  expect(outcome).toBe('Deployed');
  expect(stage.group().instances[id]).toBeUndefined();
  expect(made(stage, 'PutBack', 'SetDesiredCapacity')).toBe(true);
  expect(made(stage, 'PutBack', 'TerminateInstanceInAutoScalingGroup')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('a policy that counts requests finds the load balancer of the group', async () => {
  const stage = await raise({
    settings: {
      ...golden,
      scaling: {
        policies: { requests: { type: 'target-tracking', metric: 'ALBRequestCountPerTarget', target: 100 } },
      },
    },
  });
  expect((await stage.deploy()).outcome).toBe('Deployed');
  expect(fleetPicture(stage).policies.join()).toContain('forseti-requests');
  expect(made(stage, 'SetScaling', 'DescribeTargetGroups')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('policies and alarms that a failed deployment changed, added and removed are as before', async () => {
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
  const stage = await raise({
    faults,
    settings: { scaling: { policies: policy(50), alarms: { errors: alarm(10), slow: alarm(20) } } },
  });
  expect((await stage.deploy(undefined, 'first')).outcome).toBe('Deployed');
  const before = fleetPicture(stage);
  await stage.store({ scaling: { policies: policy(70), alarms: { errors: alarm(11), fresh: alarm(5) } } });
  lateTrouble.on = true;
  const { outcome } = await stage.deploy({ application: 'api', version: 'v3' }, 'second');
  lateTrouble.on = false;
  expect(outcome).toBe('RolledBack');
  const after = fleetPicture(stage);
  expect([after.policies, after.alarms]).toEqual([before.policies, before.alarms]);
  for (const action of ['PutScalingPolicy', 'PutMetricAlarm', 'DeleteAlarms'])
    expect([action, made(stage, 'CleanUp', action)]).toEqual([action, true]);
  expect(refusedByIam(stage)).toEqual([]);
});

test('a surge that fails half way leaves nothing protected', async () => {
  const { broken, faults } = breakable('Rollout', 'TerminateInstanceInAutoScalingGroup');
  const stage = await raise({
    faults,
    settings: { ...golden, rollout: { strategy: 'surge', bakeMinutes: 5 } },
  });
  broken.on = true;
  const { outcome } = await stage.deploy();
  expect(outcome).toBe('RolledBack');
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
  expect(Object.values(stage.group().instances).filter((member) => member.protected)).toEqual([]);
  expect((await recordOf(stage))?.outcome).toBe('RolledBack');
  expect(refusedByIam(stage)).toEqual([]);
});

const two = { group: { instances: 1 }, cloud: { regions: ['eu-west-1', 'eu-central-1'] } };

test('what AWS Health tells while the standby is active asks how much lies in home', async () => {
  const stage = await raise(two);
  const from = stage.cloud.now();
  const plan = { region: 'eu-west-1', from, until: from + 6 * minuteMs };
  stage.cloud.faults = { ...stage.cloud.faults, ...outagesOf([plan]) };
  await stage.cloud.advance(6 * minuteMs + 10_000);
  stage.cloud.region('eu-central-1').publish({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'SQS', eventTypeCategory: 'issue', statusCode: 'open', eventRegion: 'eu-west-1' },
  });
  await stage.cloud.advance(20_000);
  expect(made(stage, 'Failover', 'GetQueueAttributes')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('a webhook looks which region is active, where there are two', async () => {
  const stage = await raise(two);
  await stage.session.connect(SSMClient).send(
    new PutParameterCommand({
      Name: '/forseti/production/webhooks/github',
      Value: secret,
      Type: 'SecureString',
    }),
  );
  const lambda = stage.region.service('lambda');
  const [url] = Object.values(lambda.state.urls ?? {});
  const request = { url: addressOf(url?.urlId ?? '', 'eu-west-1'), method: 'POST', ...fromGitHub() };
  const { status } = await stage.cloud.run(() => lambda.request(request));
  expect(status).toBe(202);
  expect(made(stage, 'Webhook', 'GetItem')).toBe(true);
  expect(refusedByIam(stage)).toEqual([]);
});

test('the sweep removes what nobody waits for any more, but not what was parked anew meanwhile', async () => {
  const stage = await raise();
  const table = new Table<Wait | Pointer>(stage.dynamodb, 'forseti-production-waits');
  const old = stage.cloud.now() - 3 * 60 * minuteMs;
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
    Object.values(stage.region.service('dynamodb').state.tables).find(({ name }) => name.endsWith('-waits'));
  let parked = 0;
  // Between the sweep's look and its removal, the machine's next try parks its own token.
  stage.cloud.faults = {
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
  await stage.cloud.advance(2 * minuteMs);
  stage.cloud.faults = {};
  const left = await table.scan();
  expect(left.map(({ step }) => step)).toEqual([row('anew').step]);
  expect(left[0]).toMatchObject({ token: `token ${String(parked)}` });
  expect(refusedByIam(stage)).toEqual([]);
});
