import {
  AutoScalingClient,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { causesOf, causesOfMembers } from '../../../lib/fleet/causes';
import type { Group, Member } from '../../../lib/fleet/group';

const member = (id: string, lifecycle: string, healthy = true): Member => ({
  id,
  zone: 'eu-west-1a',
  lifecycle,
  healthy,
  type: undefined,
  launchTemplateVersion: '5',
  protectedFromScaleIn: false,
});
const hooks = [
  { name: 'warmup', transition: 'autoscaling:EC2_INSTANCE_LAUNCHING', heartbeatSeconds: 600 },
  { name: 'drain', transition: 'autoscaling:EC2_INSTANCE_TERMINATING', heartbeatSeconds: 300 },
];

test.each<[string, readonly Member[], Readonly<Record<string, string>>, readonly string[]]>([
  ['nothing of those that serve', [member('i-1', 'InService')], {}, []],
  [
    'the hook that holds an instance',
    [member('i-1', 'Pending:Wait')],
    {},
    ['i-1: Pending:Wait, held by lifecycle hook warmup (for 600 s at most)'],
  ],
  [
    'the hook of the way out',
    [member('i-1', 'Terminating:Wait')],
    {},
    ['i-1: Terminating:Wait, held by lifecycle hook drain (for 300 s at most)'],
  ],
  ['what is on its way', [member('i-1', 'Pending')], {}, ['i-1: Pending']],
  [
    'what a target group says',
    [member('i-1', 'InService')],
    { 'i-1': 'target group api: Target.Timeout: Request timed out' },
    ['i-1: target group api: Target.Timeout: Request timed out'],
  ],
  [
    'what the group itself says',
    [member('i-1', 'InService', false)],
    {},
    ['i-1: Unhealthy, by the health checks of its Auto Scaling group'],
  ],
  [
    'the same of many once, with the first of them',
    ['i-1', 'i-2', 'i-3', 'i-4', 'i-5'].map((id) => member(id, 'Pending')),
    {},
    ['i-1, i-2, i-3 and 2 more: Pending'],
  ],
])('What keeps members says %s', (_, members, reasons, told) => {
  expect(causesOfMembers(members, { hooks, reasons: new Map(Object.entries(reasons)) })).toEqual(told);
});

describe('What keeps a group', () => {
  const mock = mockClient(AutoScalingClient);
  const autoScaling = new AutoScalingClient({ region: 'eu-west-1' });
  const group = (instances: readonly Member[], suspended: readonly string[] = []) =>
    ({ name: 'api', desired: 2, instances, suspended }) as unknown as Group;
  beforeEach(() => {
    mock.reset();
    mock.on(DescribeLifecycleHooksCommand).resolves({
      LifecycleHooks: [
        { LifecycleHookName: 'warmup', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
      ],
    });
    mock.on(DescribeScalingActivitiesCommand).resolves({
      Activities: [
        {
          ActivityId: '1',
          AutoScalingGroupName: 'api',
          Description: 'Launching a new EC2 instance',
          Cause: '',
          StartTime: new Date(60_000),
          StatusCode: 'Failed',
          StatusMessage: 'You have requested more vCPU capacity than your current limit.',
        },
      ],
    });
  });

  test('A whole group has no cause, and nothing is asked of AWS', async () => {
    const whole = group([member('i-1', 'InService'), member('i-2', 'InService')]);
    expect(await causesOf({ autoScaling, group: whole, since: 0 })).toBeUndefined();
    expect(mock.calls()).toHaveLength(0);
  });

  test('A group that lacks instances tells which launches failed, and whether launching is suspended', async () => {
    const short = group([member('i-1', 'Pending:Wait')], ['Launch']);
    expect(await causesOf({ autoScaling, group: short, since: 0 })).toBe(
      'i-1: Pending:Wait, held by lifecycle hook warmup (for 3600 s at most); ' +
        '1 launch of group api failed: You have requested more vCPU capacity than your current limit.; ' +
        'process Launch of group api is suspended',
    );
    expect(
      await causesOf({ autoScaling, group: group([member('i-1', 'InService')]), since: 120_000 }),
    ).toBeUndefined();
  });

  test.each(['Terminate', 'InstanceRefresh'])(
    'A refresh tells that %s is suspended, since it replaces nothing then',
    async (process) => {
      const whole = group([member('i-1', 'InService'), member('i-2', 'InService')], [process]);
      const told = `process ${process} of group api is suspended`;
      expect(await causesOf({ autoScaling, group: whole, since: 120_000, launchesAhead: true })).toBe(told);
      expect(await causesOf({ autoScaling, group: whole, since: 120_000 })).toBeUndefined();
    },
  );
});
