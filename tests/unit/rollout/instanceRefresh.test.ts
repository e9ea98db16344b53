import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  type InstanceRefresh,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import type { RefreshMemo } from '../../../lib/rollout/followRefresh';
import { rolloutByRefresh } from '../../../lib/rollout/instanceRefresh';
import { contextOf, effectOf, now, recordOf, saving, settingsOf } from '../compensation/fakeContext';
import { refreshEffect } from '../../../lib/rollout/refreshEffect';

const mock = mockClient(AutoScalingClient);
const clients = {
  autoScaling: new AutoScalingClient({ region: 'eu-west-1' }),
  ec2: new EC2Client({ region: 'eu-west-1' }),
  elb: new ElasticLoadBalancingV2Client({ region: 'eu-west-1' }),
};

const refreshesAre = (...refreshes: InstanceRefresh[]) =>
  mock.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: refreshes });
const ours = (more: InstanceRefresh): InstanceRefresh => ({
  InstanceRefreshId: 'r-1',
  StartTime: new Date(now),
  DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '5' } },
  ...more,
});
const roll = (memo: Partial<RefreshMemo> = {}, context = contextOf()) =>
  rolloutByRefresh(context, memo, saving(memo), clients);

beforeEach(() => {
  mock.reset();
  mock.on(DescribeAutoScalingGroupsCommand).resolves({
    AutoScalingGroups: [{ AutoScalingGroupName: 'web' } as never],
  });
  mock.on(DescribeScalingActivitiesCommand).resolves({});
  mock.on(StartInstanceRefreshCommand).resolves({ InstanceRefreshId: 'r-1' });
});

test('The refresh names the version in its desired configuration only, with the gating alarms', async () => {
  mock
    .on(DescribeInstanceRefreshesCommand)
    .resolvesOnce({ InstanceRefreshes: [] })
    .resolves({ InstanceRefreshes: [ours({ Status: 'Pending' })] });
  const settings = settingsOf({
    scaling: { alarms: { errors: { metric: 'HTTPCode_Target_5XX_Count', threshold: 10 } } },
    rollback: { alarms: ['errors', 'checkout-latency'] },
  });
  const context = contextOf({ record: recordOf({ settings }) });
  expect(await roll({}, context)).toMatchObject({ waitFor: ['refresh#r-1'] });
  expect(mock.commandCalls(StartInstanceRefreshCommand)[0]?.args[0].input).toMatchObject({
    AutoScalingGroupName: 'web',
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '5' } },
    Preferences: { AlarmSpecification: { Alarms: ['forseti-test-api-errors', 'checkout-latency'] } },
  });
  expect(context.effects.get('effect#refresh#web')).toMatchObject({
    state: 'done',
    result: { refreshId: 'r-1' },
  });
});

test('The retry adopts its own refresh after a death between the call and the note', async () => {
  refreshesAre(ours({ Status: 'InProgress', InstancesToUpdate: 20 }));
  const intended = effectOf(refreshEffect, {
    target: 'web',
    before: null,
    wrote: { id: 'lt-1', version: '5' },
    state: 'intended',
    intendedAt: now,
  });
  const context = contextOf({ effects: [intended] });
  expect(await roll({}, context)).toMatchObject({ waitFor: ['refresh#r-1'], progress: '0 of 20 instances' });
  expect(mock.commandCalls(StartInstanceRefreshCommand)).toHaveLength(0);
});

test('A refresh of another tool is not adopted', async () => {
  refreshesAre({ InstanceRefreshId: 'r-9', Status: 'InProgress', StartTime: new Date(now) });
  await expect(roll()).rejects.toMatchObject({
    name: 'RolloutFailed',
    message: expect.stringContaining('r-9') as string,
  });
});

test('The progress is counted by the instances that were to be replaced at first', async () => {
  const memo = { refreshId: 'r-1' };
  refreshesAre(ours({ Status: 'InProgress', InstancesToUpdate: 20 }));
  await roll(memo);
  refreshesAre(ours({ Status: 'InProgress', InstancesToUpdate: 6 }));
  expect(await roll(memo)).toMatchObject({ progress: '14 of 20 instances' });
});

test('A refresh that AWS does not list yet is waited for, and given up when its time is over', async () => {
  let clock = now;
  const context = contextOf({ now: () => clock });
  const memo: Partial<RefreshMemo> = {};
  refreshesAre();
  expect(await roll(memo, context)).toEqual({ waitFor: ['refresh#r-1'] });
  clock += 60_000;
  refreshesAre();
  expect(await roll(memo, context)).toEqual({ waitFor: ['refresh#r-1'] });
  clock += 120_000;
  await expect(roll(memo, context)).rejects.toThrow(/r-1 of group web is not known to AWS any more/);
});

test('The rollout is over when AWS reports the refresh as successful', async () => {
  refreshesAre(ours({ Status: 'Successful' }));
  expect(await roll({ refreshId: 'r-1' })).toEqual({ over: { refreshId: 'r-1' } });
});

test.each([
  ['RollbackSuccessful', 'was rolled back by AWS: The CloudWatch alarm errors is in ALARM state.'],
  ['RollbackFailed', 'AWS could not roll it back'],
  ['Cancelled', 'was cancelled'],
  ['Failed', 'failed'],
] as const)('The rollout fails with the reason when the refresh ends as %s', async (Status, told) => {
  refreshesAre(ours({ Status, StatusReason: 'The CloudWatch alarm errors is in ALARM state.' }));
  await expect(roll({ refreshId: 'r-1' })).rejects.toMatchObject({
    name: 'RolloutFailed',
    message: expect.stringContaining(told) as string,
  });
});

test.each(['Cancelling', 'RollbackInProgress', 'Baking', 'Pending'] as const)(
  'The rollout waits while the refresh is %s',
  async (Status) => {
    refreshesAre(ours({ Status }));
    expect(await roll({ refreshId: 'r-1' })).toMatchObject({ waitFor: ['refresh#r-1'] });
  },
);
