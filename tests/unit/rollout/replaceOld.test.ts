import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import type { Member } from '../../../lib/fleet/group';
import type { FleetView } from '../../../lib/rollout/fleetView';
import { replaceOld, type ReplaceMemo } from '../../../lib/rollout/replaceOld';
import { contextOf, now, saving } from '../compensation/fakeContext';

const autoScaling = mockClient(AutoScalingClient);
const client = new AutoScalingClient({ region: 'eu-west-1' });

const member = (id: string): Member => ({
  id,
  zone: 'eu-west-1a',
  lifecycle: 'InService',
  healthy: true,
  type: undefined,
  launchTemplateVersion: '4',
  protectedFromScaleIn: false,
});
/** A fleet of ten. */
const viewOf = (old: readonly string[], fresh: readonly string[], unhealthy: readonly string[] = []) =>
  ({
    group: { name: 'web', desired: 10, instances: [...old, ...fresh].map(member) },
    old: old.map(member),
    fresh: fresh.map(member),
    healthy: new Set([...old, ...fresh].filter((id) => !unhealthy.includes(id))),
    reasons: new Map(),
  }) as unknown as FleetView;

const terminated = (): string[] =>
  autoScaling
    .commandCalls(TerminateInstanceInAutoScalingGroupCommand)
    .map(({ args }) => args[0].input.InstanceId ?? '');
const others = ['i-5', 'i-6', 'i-7', 'i-8', 'i-9', 'i-10'];

beforeEach(() => {
  autoScaling.reset();
  autoScaling.on(TerminateInstanceInAutoScalingGroupCommand).resolves({});
  autoScaling.on(DescribeScalingActivitiesCommand).resolves({ Activities: [] });
});

test('The unhealthy are replaced at once, and of the healthy none before a successor is healthy', async () => {
  const memo: Partial<ReplaceMemo> = {};
  const look = (view: FleetView, at = 0) =>
    replaceOld(contextOf({ now: () => now + at * 60_000 }), memo, saving(memo), client, view);
  await look(viewOf(['i-1', 'i-2', 'i-3', 'i-4'], others, ['i-1', 'i-2']));
  expect(terminated()).toEqual(['i-1', 'i-2']);
  await look(viewOf(['i-3', 'i-4'], others), 1);
  // Eight of ten are healthy: no more than that may be missing, and nobody has come yet.
  expect(terminated()).toEqual(['i-1', 'i-2']);
  await look(viewOf(['i-3', 'i-4'], [...others, 'i-11', 'i-12']), 3);
  // As many stay healthy as were before.
  expect(terminated()).toHaveLength(4);
  expect(await look(viewOf([], [...others, 'i-11', 'i-12', 'i-13', 'i-14']), 5)).toBe('done');
});

test('One healthy instance is given up for a try; where launches fail, the others stay', async () => {
  const memo: Partial<ReplaceMemo> = {};
  const look = (view: FleetView, at = 0) =>
    replaceOld(contextOf({ now: () => now + at * 60_000 }), memo, saving(memo), client, view);
  await look(viewOf(['i-1', 'i-2', 'i-3', 'i-4'], others));
  expect(terminated()).toHaveLength(1);
  autoScaling.on(DescribeScalingActivitiesCommand).resolves({
    Activities: [1, 2, 3].map((minute) => ({
      ActivityId: `a-${String(minute)}`,
      AutoScalingGroupName: 'web',
      Cause: 'a difference between desired and actual capacity',
      Description: 'Launching a new EC2 instance',
      StatusCode: 'Failed' as const,
      StatusMessage: 'InsufficientInstanceCapacity',
      StartTime: new Date(now + minute * 60_000),
    })),
  });
  const rest = ['i-1', 'i-2', 'i-3', 'i-4'].filter((id) => !terminated().includes(id));
  expect(await look(viewOf(rest, others), 4)).toEqual({
    stuck: expect.stringContaining('InsufficientInstanceCapacity') as string,
  });
  expect(terminated()).toHaveLength(1);
});
