import { EC2Client } from '@aws-sdk/client-ec2';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  type Instance,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { rolloutBySurge, type SurgeMemo } from '../../../lib/rollout/surge';
import { surplusLeft } from '../../../lib/rollout/surplus';
import { contextOf, now, recordOf, saving, settingsOf } from '../compensation/fakeContext';

const autoScaling = mockClient(AutoScalingClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
const clients = {
  autoScaling: new AutoScalingClient({ region: 'eu-west-1' }),
  elb: new ElasticLoadBalancingV2Client({ region: 'eu-west-1' }),
  ec2: new EC2Client({ region: 'eu-west-1' }),
};

/** A group that launches as many as its desired capacity requires, in service and healthy at once. */
const makeFleet = (size: number) => {
  const fleet = {
    desired: size,
    max: size,
    template: '4',
    suspended: [] as string[],
    least: size,
    launched: 0,
  };
  const instances = new Map<string, Instance>();
  const settle = () => {
    while (instances.size < fleet.desired) {
      fleet.launched += 1;
      const InstanceId = `i-${String(fleet.launched).padStart(3, '0')}`;
      instances.set(InstanceId, {
        InstanceId,
        AvailabilityZone: `eu-west-1${'abc'.charAt(fleet.launched % 3)}`,
        LifecycleState: 'InService',
        HealthStatus: 'Healthy',
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: fleet.template },
        ProtectedFromScaleIn: false,
      });
    }
  };
  settle();
  autoScaling.on(DescribeAutoScalingGroupsCommand).callsFake(() => {
    settle();
    return {
      AutoScalingGroups: [
        {
          AutoScalingGroupName: 'web',
          MinSize: 2,
          MaxSize: fleet.max,
          DesiredCapacity: fleet.desired,
          LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: fleet.template },
          TargetGroupARNs: ['tg'],
          SuspendedProcesses: fleet.suspended.map((ProcessName) => ({ ProcessName })),
          Instances: [...instances.values()],
        },
      ],
    };
  });
  autoScaling
    .on(UpdateAutoScalingGroupCommand)
    .callsFake((input: { MaxSize?: number; LaunchTemplate?: { Version: string } }) => {
      fleet.max = input.MaxSize ?? fleet.max;
      fleet.template = input.LaunchTemplate?.Version ?? fleet.template;
      return {};
    });
  autoScaling.on(SetDesiredCapacityCommand).callsFake(({ DesiredCapacity }: { DesiredCapacity: number }) => {
    fleet.desired = DesiredCapacity;
    return {};
  });
  autoScaling
    .on(TerminateInstanceInAutoScalingGroupCommand)
    .callsFake((input: { InstanceId: string; ShouldDecrementDesiredCapacity: boolean }) => {
      instances.delete(input.InstanceId);
      if (input.ShouldDecrementDesiredCapacity) fleet.desired -= 1;
      fleet.least = Math.min(fleet.least, instances.size);
      return {};
    });
  autoScaling
    .on(SetInstanceProtectionCommand)
    .callsFake((input: { InstanceIds: string[]; ProtectedFromScaleIn: boolean }) => {
      for (const id of input.InstanceIds) {
        const instance = instances.get(id);
        if (instance) instance.ProtectedFromScaleIn = input.ProtectedFromScaleIn;
      }
      return {};
    });
  autoScaling
    .on(SuspendProcessesCommand)
    .callsFake(({ ScalingProcesses }: { ScalingProcesses: string[] }) => {
      fleet.suspended.push(...ScalingProcesses);
      return {};
    });
  autoScaling.on(ResumeProcessesCommand).callsFake(({ ScalingProcesses }: { ScalingProcesses: string[] }) => {
    fleet.suspended = fleet.suspended.filter((process) => !ScalingProcesses.includes(process));
    return {};
  });
  autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledUpdateGroupActions: [] });
  autoScaling.on(DescribeScalingActivitiesCommand).resolves({ Activities: [] });
  elb.on(DescribeTargetHealthCommand).callsFake(() => ({
    TargetHealthDescriptions: [...instances.keys()].map((Id) => ({
      Target: { Id },
      TargetHealth: { State: 'healthy' },
    })),
  }));
  return { fleet, instances };
};

beforeEach(() => {
  autoScaling.reset();
  elb.reset();
});

const run = async (
  context = contextOf({ record: recordOf({ rollout: 'surge', settings: settingsOf() }) }),
) => {
  const memo: Partial<SurgeMemo> = {};
  for (let looks = 1; looks < 100; looks += 1)
    if ('over' in (await rolloutBySurge(context, memo, saving(memo), clients))) return { context, looks };
  throw new Error('The surge does not end.');
};

test.each([2, 3, 20, 47])(
  'A surge replaces all of %d instances and leaves the group as it was',
  async (size) => {
    const { fleet, instances } = makeFleet(size);
    const { context } = await run();
    expect(instances.size).toBe(size);
    expect([...instances.values()].every(({ LaunchTemplate }) => LaunchTemplate?.Version === '5')).toBe(true);
    expect([...instances.values()].some(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)).toBe(false);
    expect(fleet).toMatchObject({ desired: size, max: size, template: '5', suspended: [] });
    expect(fleet.least).toBeGreaterThanOrEqual(Math.ceil(size * 0.9));
    const open = [...context.effects.values()].filter(({ state }) => state === 'done');
    expect(open.map(({ kind }) => kind)).toEqual(['group-launch-template']);
  },
);

test('A surge leaves rebalancing suspended if it was suspended before', async () => {
  const { fleet } = makeFleet(4);
  fleet.suspended.push('AZRebalance');
  await run();
  expect(fleet.suspended).toEqual(['AZRebalance']);
});

test('A surge keeps what scaling adds meanwhile', async () => {
  const { fleet, instances } = makeFleet(10);
  const context = contextOf({ record: recordOf({ rollout: 'surge' }) });
  const memo: Partial<SurgeMemo> = {};
  await rolloutBySurge(context, memo, saving(memo), clients);
  await rolloutBySurge(context, memo, saving(memo), clients);
  fleet.max = 40;
  fleet.desired += 5;
  const Cause =
    'At 2026-11-22T08:00:00Z a monitor alarm busy in state ALARM triggered policy cpu changing the desired capacity from 11 to 16.';
  autoScaling.on(DescribeScalingActivitiesCommand).resolves({
    Activities: [
      {
        ActivityId: 'a',
        AutoScalingGroupName: 'web',
        StatusCode: 'Successful',
        StartTime: new Date(now),
        Cause,
      },
    ],
  });
  for (let looks = 0; looks < 50; looks += 1)
    if ('over' in (await rolloutBySurge(context, memo, saving(memo), clients))) break;
  expect(instances.size).toBe(15);
  expect(fleet.desired).toBe(15);
  expect(fleet.max).toBe(40);
  expect(context.effects.get('effect#group-size#web MaxSize')?.state).toBe('foreign');
});

test('A surge raises the capacity once, also if it dies just after', async () => {
  const { fleet } = makeFleet(10);
  const context = contextOf({ record: recordOf({ rollout: 'surge' }) });
  const memo: Partial<SurgeMemo> = {};
  const dying = (change: Partial<SurgeMemo>) =>
    change.raised === true ? Promise.reject(new Error('dead')) : saving(memo)(change);
  await expect(rolloutBySurge(context, memo, dying, clients)).rejects.toThrow('dead');
  expect(fleet.desired).toBe(11);
  await rolloutBySurge(context, memo, saving(memo), clients);
  expect(fleet.desired).toBe(11);
});

test('An instance that was to give its place back, and serves still after a death, counts as not having done so', () => {
  const memo = { raised: true, surplus: 2, givenBack: ['i-001', 'i-002'] };
  const member = (id: string, lifecycle: string) => ({ id, lifecycle });
  const instances = [member('i-001', 'InService'), member('i-002', 'Terminating')] as never;
  expect(surplusLeft(memo, { instances })).toBe(1);
  expect(surplusLeft(memo, { instances: [] })).toBe(0);
});
