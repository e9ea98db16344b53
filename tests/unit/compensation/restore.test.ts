import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ListCommandInvocationsCommand, ListCommandsCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { restore } from '../../../lib/deployment/compensation/restore';
import { endStandby, standbyEffect } from '../../../lib/image/standbyEffect';
import { contextOf, effectOf, now, recordOf, saving } from './fakeContext';
import { commandEffect } from '../../../lib/provisioning/commandEffect';
import { groupTemplateEffect } from '../../../lib/rollout/groupTemplateEffect';
import { refreshEffect } from '../../../lib/rollout/refreshEffect';

const autoScaling = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
const ssm = mockClient(SSMClient);
const tools = {
  autoScaling: new AutoScalingClient({ region: 'eu-west-1' }),
  ec2: new EC2Client({ region: 'eu-west-1' }),
  elb: new ElasticLoadBalancingV2Client({ region: 'eu-west-1' }),
  ssm: new SSMClient({ region: 'eu-west-1' }),
};

const groupRuns = (group: string, ...instances: string[]) =>
  autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        DesiredCapacity: instances.length,
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: group },
        Instances: instances.map((Version, index) => ({
          InstanceId: `i-${String(index)}`,
          LifecycleState: 'InService',
          HealthStatus: 'Healthy',
          LaunchTemplate: { LaunchTemplateId: 'lt-1', Version },
        })),
      } as never,
    ],
  });
/** Those on which the command has started; it was cancelled before it came to `i-9`. */
const touched = (...ids: string[]) =>
  ssm.on(ListCommandInvocationsCommand).resolves({
    CommandInvocations: [
      ...ids.map((InstanceId) => ({
        InstanceId,
        Status: 'Failed' as const,
        CommandPlugins: [{ ResponseCode: 2, ResponseStartDateTime: new Date(now) }],
      })),
      { InstanceId: 'i-9', Status: 'Cancelled', CommandPlugins: [{ ResponseCode: -1 }] },
    ],
  });
const refreshIs = (Status?: 'InProgress' | 'Successful' | 'Failed') =>
  autoScaling.on(DescribeInstanceRefreshesCommand).resolves({
    InstanceRefreshes: Status ? [{ InstanceRefreshId: 'r-2', Status, StatusReason: 'no capacity' }] : [],
  });
const command = effectOf(commandEffect, {
  target: 'first',
  before: null,
  wrote: {},
  result: { commandId: 'c-1' },
});
const refreshed = effectOf(refreshEffect, {
  target: 'web',
  before: null,
  wrote: { id: 'lt-1', version: '5' },
  result: { refreshId: 'r-1' },
});
const started = () => autoScaling.commandCalls(StartInstanceRefreshCommand).map(({ args }) => args[0].input);

beforeEach(() => {
  autoScaling.reset();
  ec2.reset();
  ssm.reset();
  ssm.on(ListCommandInvocationsCommand).resolves({ CommandInvocations: [] });
  ssm.on(ListCommandsCommand).resolves({ Commands: [{ Status: 'Failed' }] });
  autoScaling.on(StartInstanceRefreshCommand).resolves({ InstanceRefreshId: 'r-2' });
  autoScaling.on(DescribeScalingActivitiesCommand).resolves({});
  autoScaling.on(UpdateAutoScalingGroupCommand).resolves({});
  ec2.on(DescribeInstancesCommand).resolves({ Reservations: [] });
  refreshIs();
});

test('Restore does nothing after the point of no return', async () => {
  const context = contextOf({ record: recordOf({ completedAt: now }), effects: [command] });
  expect(await restore(context, {}, saving({}), tools)).toEqual({ over: { complete: false } });
  expect(autoScaling.calls()).toHaveLength(0);
});

test('Restore replaces every instance if instances were provisioned in place, and settles when AWS has finished', async () => {
  groupRuns('4', '4', '4');
  touched('i-0', 'i-1');
  const context = contextOf({ effects: [command] });
  const memo = {};
  autoScaling
    .on(DescribeInstanceRefreshesCommand)
    .resolvesOnce({ InstanceRefreshes: [] })
    .resolves({
      InstanceRefreshes: [{ InstanceRefreshId: 'r-2', Status: 'InProgress', InstancesToUpdate: 2 }],
    });
  expect(await restore(context, memo, saving(memo), tools)).toMatchObject({
    waitFor: ['refresh#r-2'],
    progress: 'back: 0 of 2 instances',
  });
  expect(started()).toMatchObject([
    {
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
      Preferences: { SkipMatching: false },
    },
  ]);
  refreshIs('Successful');
  expect(await restore(context, memo, saving(memo), tools)).toEqual({ over: { complete: false } });
  expect([...context.effects.values()].map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'command undone',
    'refresh undone',
  ]);
});

test('Restore replaces only the instances of the new version if none was provisioned in place', async () => {
  groupRuns('5', '5', '5', '4');
  autoScaling
    .on(DescribeInstanceRefreshesCommand)
    .resolvesOnce({ InstanceRefreshes: [] })
    .resolves({ InstanceRefreshes: [{ InstanceRefreshId: 'r-2', Status: 'Pending' }] });
  const context = contextOf({ record: recordOf({ strategy: 'golden-instance' }), effects: [refreshed] });
  await expect(restore(context, {}, saving({}), tools)).resolves.toMatchObject({
    waitFor: ['refresh#r-2'],
  });
  expect(started()).toMatchObject([{ Preferences: { SkipMatching: true } }]);
});

test('Restore replaces only the few touched instances, one for one, if most of the fleet was not touched', async () => {
  groupRuns('4', '4', '4', '4');
  touched('i-2');
  autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
  const context = contextOf({ effects: [command] });
  const memo = {};
  expect(await restore(context, memo, saving(memo), tools)).toMatchObject({
    progress: '1 instance still to be replaced',
  });
  expect(started()).toEqual([]);
  const ended = autoScaling.commandCalls(TerminateInstanceInAutoScalingGroupCommand);
  expect(ended.map(({ args }) => args[0].input)).toEqual([
    { InstanceId: 'i-2', ShouldDecrementDesiredCapacity: false },
  ]);
  // The group has launched another one in its place.
  groupRuns('4', '4');
  expect(await restore(context, memo, saving(memo), tools)).toEqual({ over: { complete: false } });
  expect([...context.effects.values()].map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'command undone',
  ]);
});

test('Restore gives the group its template back if no instance runs the new version', async () => {
  groupRuns('5', '4', '4');
  const context = contextOf({ record: recordOf({ strategy: 'golden-instance' }), effects: [refreshed] });
  expect(await restore(context, {}, saving({}), tools)).toEqual({ over: { complete: false } });
  expect(started()).toEqual([]);
  expect(autoScaling.commandCalls(UpdateAutoScalingGroupCommand)[0]?.args[0].input).toEqual({
    AutoScalingGroupName: 'web',
    LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' },
  });
  expect(context.effects.get(refreshed.item)?.state).toBe('undone');
});

test('Restore fails with the repair command when the refresh back fails', async () => {
  groupRuns('4', '4');
  touched('i-0', 'i-1');
  const context = contextOf({ effects: [command] });
  const memo = {};
  autoScaling
    .on(DescribeInstanceRefreshesCommand)
    .resolvesOnce({ InstanceRefreshes: [] })
    .resolves({
      InstanceRefreshes: [{ InstanceRefreshId: 'r-2', Status: 'Failed', StatusReason: 'no capacity' }],
    });
  await expect(restore(context, memo, saving(memo), tools)).rejects.toMatchObject({
    name: 'RestoreFailed',
    message: expect.stringContaining('no capacity') as string,
  });
  expect(context.effects.get('effect#refresh#web restore')).toMatchObject({
    state: 'left',
    mend: expect.stringContaining('start-instance-refresh') as string,
  });
});

test('Restore adopts its own refresh after a death, though AWS gives its start in whole seconds', async () => {
  groupRuns('4', '4');
  const intended = effectOf(refreshEffect, {
    target: 'web restore',
    before: null,
    wrote: { id: 'lt-1', version: '4' },
    state: 'intended',
    intendedAt: now + 900,
  });
  autoScaling.on(DescribeInstanceRefreshesCommand).resolves({
    InstanceRefreshes: [
      {
        InstanceRefreshId: 'r-2',
        Status: 'InProgress',
        StartTime: new Date(now),
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
      },
    ],
  });
  const context = contextOf({ effects: [command, intended] });
  await expect(restore(context, {}, saving({}), tools)).resolves.toMatchObject({
    waitFor: ['refresh#r-2'],
  });
  expect(started()).toEqual([]);
});

describe('A refresh back that AWS does not list yet', () => {
  test('Restore waits for the refresh back, and gives it up when its time is over', async () => {
    let clock = now;
    groupRuns('4', '4');
    touched('i-0', 'i-1');
    const context = contextOf({ effects: [command], now: () => clock });
    const memo = {};
    expect(await restore(context, memo, saving(memo), tools)).toEqual({ waitFor: ['refresh#r-2'] });
    clock += 60_000;
    expect(await restore(context, memo, saving(memo), tools)).toEqual({ waitFor: ['refresh#r-2'] });
    expect(context.effects.get('effect#refresh#web restore')?.state).toBe('done');
    clock += 120_000;
    await expect(restore(context, memo, saving(memo), tools)).rejects.toThrow(/ended as unknown/);
  });
});

describe('A refresh back of a group that another tool gave another template', () => {
  const foreign = effectOf(groupTemplateEffect, {
    target: 'web',
    before: { id: 'lt-1', version: '4' },
    wrote: { id: 'lt-1', version: '5' },
    state: 'foreign',
  });
  const intended = effectOf(refreshEffect, {
    target: 'web restore',
    before: null,
    wrote: { id: 'lt-1', version: '4' },
    state: 'intended',
    intendedAt: now,
  });
  const runningSince = (StartTime: Date) =>
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({
      InstanceRefreshes: [{ InstanceRefreshId: 'r-2', Status: 'InProgress', StartTime }],
    });

  test('The refresh back is adopted after a death, though it names no template', async () => {
    groupRuns('9', '4', '4');
    touched('i-0', 'i-1');
    runningSince(new Date(now + 1_000));
    const context = contextOf({ effects: [command, foreign, intended] });
    await expect(restore(context, {}, saving({}), tools)).resolves.toMatchObject({
      waitFor: ['refresh#r-2'],
    });
    expect(started()).toEqual([]);
    expect(context.effects.get(intended.item)).toMatchObject({ state: 'done', result: { refreshId: 'r-2' } });
  });

  test('A refresh that began long before is not taken for the refresh back', async () => {
    groupRuns('9', '4', '4');
    touched('i-0', 'i-1');
    runningSince(new Date(now - 600_000));
    autoScaling
      .on(StartInstanceRefreshCommand)
      .rejects(Object.assign(new Error('one runs'), { name: 'InstanceRefreshInProgressFault' }));
    const context = contextOf({ effects: [command, foreign, intended] });
    await expect(restore(context, {}, saving({}), tools)).rejects.toThrow('one runs');
    expect(context.effects.get(intended.item)?.state).toBe('intended');
  });
});

describe('The instance that was taken out for the image', () => {
  const standby = effectOf(standbyEffect, { target: 'i-9', before: 'InService', wrote: 'Standby' });
  const groupWith = (suspended: readonly string[]) =>
    autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({
      AutoScalingGroups: [
        {
          AutoScalingGroupName: 'web',
          DesiredCapacity: 1,
          MaxSize: 4,
          SuspendedProcesses: suspended.map((ProcessName) => ({ ProcessName })),
          Instances: [{ InstanceId: 'i-9', LifecycleState: 'Standby' }],
        } as never,
      ],
    });
  const calls = () =>
    autoScaling
      .calls()
      .map(({ args: [{ constructor: Command }] }) => Command.name)
      .filter((name) => !name.startsWith('Describe'));

  test.each([[[]], [['Launch']]])(
    'The instance gives its place back and is terminated, with %j suspended',
    async (suspended) => {
      groupWith(suspended);
      const context = contextOf({ effects: [standby] });
      expect(await endStandby(context, tools.autoScaling, standby)).toEqual({ state: 'undone' });
      expect(calls()).toEqual(['SetDesiredCapacityCommand', 'TerminateInstanceInAutoScalingGroupCommand']);
    },
  );
});
