import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandOutput,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { resumeLaunch, resumeProcesses, suspendProcesses, toSuspend } from '../../../lib/fleet/processes';
import { contextOf, effectOf } from '../compensation/fakeContext';
import { processesEffect } from '../../../lib/fleet/processesEffect';

const mock = mockClient(AutoScalingClient);
const autoScaling = new AutoScalingClient({});
const group = (suspended: readonly string[], lifecycle = 'InService') =>
  ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        SuspendedProcesses: suspended.map((ProcessName) => ({ ProcessName })),
        Instances: [
          { InstanceId: 'i-1', LifecycleState: 'InService' },
          { InstanceId: 'i-2', LifecycleState: lifecycle },
        ],
      },
    ],
  }) as unknown as DescribeAutoScalingGroupsCommandOutput;
const suspend = (context = contextOf()) => suspendProcesses(context, { autoScaling });
const sent = (Command: typeof SuspendProcessesCommand | typeof ResumeProcessesCommand) =>
  mock
    .commandCalls(Command as typeof SuspendProcessesCommand)
    .map(({ args: [{ input }] }) => input.ScalingProcesses);

beforeEach(() => {
  mock.reset();
});

test.each([
  [[], ['Launch', 'Terminate', 'ReplaceUnhealthy', 'AZRebalance']],
  [['AZRebalance'], ['Launch', 'Terminate', 'ReplaceUnhealthy']],
  [
    ['ScheduledActions', 'AlarmNotification'],
    ['Launch', 'Terminate', 'ReplaceUnhealthy', 'AZRebalance'],
  ],
])('If %j are suspended, Suspend suspends %j', (suspended, wanted) => {
  expect(toSuspend(suspended)).toEqual(wanted);
});

describe('The state Suspend', () => {
  test('Suspend leaves alone what is suspended already, and records it', async () => {
    mock.on(DescribeAutoScalingGroupsCommand).resolves(group(['AZRebalance']));
    const context = contextOf();
    expect(await suspend(context)).toEqual({ over: {} });
    expect(sent(SuspendProcessesCommand)).toEqual([['Launch', 'Terminate', 'ReplaceUnhealthy']]);
    expect(context.effects.get('effect#processes#web')?.before).toEqual(['AZRebalance']);
  });

  test('Suspend never calls AWS without names, which would suspend all', async () => {
    mock
      .on(DescribeAutoScalingGroupsCommand)
      .resolves(group(['AZRebalance', 'Launch', 'Terminate', 'ReplaceUnhealthy']));
    await suspend();
    expect(sent(SuspendProcessesCommand)).toEqual([]);
  });

  test.each(['Pending', 'Pending:Wait', 'Terminating', 'Terminating:Proceed', 'EnteringStandby'])(
    'Suspend waits while an instance is %s',
    async (lifecycle) => {
      mock.on(DescribeAutoScalingGroupsCommand).resolves(group([], lifecycle));
      expect(await suspend()).toMatchObject({ waitFor: [] });
    },
  );
});

describe('The state Resume', () => {
  const effect = {
    deployment: 'api-v2-1',
    item: 'effect#processes#web',
    kind: 'processes',
    target: 'web',
    step: 'Suspend',
    before: ['AZRebalance'],
    wrote: ['Launch', 'Terminate', 'ReplaceUnhealthy'],
    state: 'done',
    intendedAt: Date.UTC(2026, 10, 22, 8),
  } as const;

  test('Resume resumes what Forseti suspended and is suspended still, and nothing else', async () => {
    mock
      .on(DescribeAutoScalingGroupsCommand)
      .resolves(group(['AZRebalance', 'Terminate', 'HealthCheck', 'ReplaceUnhealthy']));
    const context = contextOf({ effects: [effect] });
    await resumeProcesses(context, autoScaling);
    expect(sent(ResumeProcessesCommand)).toEqual([['Terminate', 'ReplaceUnhealthy']]);
    expect(context.effects.get(effect.item)?.state).toBe('undone');
  });

  test('Resume does nothing a second time, nor if nothing was suspended', async () => {
    mock.on(DescribeAutoScalingGroupsCommand).resolves(group(['Launch']));
    await resumeProcesses(contextOf({ effects: [{ ...effect, state: 'undone' }] }), autoScaling);
    await resumeProcesses(contextOf(), autoScaling);
    expect(mock.commandCalls(ResumeProcessesCommand)).toHaveLength(0);
  });
});

describe('Before an instance returns from standby', () => {
  const suspendedByUs = effectOf(processesEffect, {
    target: 'web',
    before: [],
    wrote: ['Launch', 'Terminate'],
  });
  const resume = (suspended: readonly string[], wrote = suspendedByUs) =>
    resumeLaunch(contextOf({ effects: [wrote] }), autoScaling, { name: 'web', suspended });

  test('Launching is resumed, which AWS needs for it, and nothing else', async () => {
    mock.on(ResumeProcessesCommand).resolves({});
    const context = contextOf({ effects: [suspendedByUs] });
    await resumeLaunch(context, autoScaling, { name: 'web', suspended: ['Launch', 'Terminate'] });
    expect(sent(ResumeProcessesCommand)).toEqual([['Launch']]);
    expect(context.guards).toBe(1);
    expect(context.effects.get(suspendedByUs.item)?.state).toBe('done');
  });

  test('Processes that another tool suspended, and active ones, stay as they are', async () => {
    await resume(['Launch'], { ...suspendedByUs, before: ['Launch'], wrote: ['Terminate'] });
    await resume(['Terminate']);
    expect(sent(ResumeProcessesCommand)).toEqual([]);
  });
});
