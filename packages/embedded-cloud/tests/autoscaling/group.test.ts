import { addScheduledAction } from '../../src/autoscaling/scaling/scheduled';
import { AwsError } from '../../src/core/errors';
import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { person, startAt } from '../support/fakeRegion';
import { makeWorld, minutes, refusal, zones, type World } from './world';

const activities = async (world: World): Promise<Activity[]> =>
  (await world.send<{ Activities: Activity[] }>('DescribeScalingActivities')).Activities;

const shown = async (world: World): Promise<AutoScalingGroup> => {
  const { AutoScalingGroups } = await world.send<{ AutoScalingGroups: AutoScalingGroup[] }>(
    'DescribeAutoScalingGroups',
    {
      AutoScalingGroupNames: ['web'],
    },
  );
  const [group] = AutoScalingGroups;
  if (!group) throw new Error('The group is not shown.');
  return group;
};

const perZone = (world: World) =>
  zones.map((zone) => Object.values(world.group.instances).filter((member) => member.zone === zone).length);

const firstId = (world: World) => Object.keys(world.group.instances)[0] ?? '';

describe('A group', () => {
  test('Launches what is missing, spread over its zones, with its tags', async () => {
    const world = makeWorld(3, {
      tags: [
        { key: 'team', value: 'tickets', propagate: true },
        { key: 'cost', value: '7', propagate: false },
      ],
    });
    await world.send('SetDesiredCapacity', { DesiredCapacity: 6 });
    await world.region.advance(minutes(2));
    expect(perZone(world)).toEqual([2, 2, 2]);
    expect(Object.values(world.instances)[4]?.tags).toEqual({
      team: 'tickets',
      'aws:autoscaling:groupName': 'web',
      'aws:ec2launchtemplate:id': 'lt-1',
      'aws:ec2launchtemplate:version': '1',
    });
    const [newest] = await activities(world);
    expect(newest).toMatchObject({ StatusCode: 'Successful', Progress: 100 });
    expect(newest?.Cause).toContain('increasing the capacity from 3 to 6');
  });

  test('Lets connections drain before it terminates on a scale-in, and keeps what is protected', async () => {
    const world = makeWorld(3);
    const kept = firstId(world);
    await world.send('SetInstanceProtection', { InstanceIds: [kept], ProtectedFromScaleIn: true });
    await world.send('SetDesiredCapacity', { DesiredCapacity: 1 });
    await world.region.advance(59_000);
    expect((await activities(world))[0]?.StatusCode).toBe('WaitingForELBConnectionDraining');
    expect(Object.values(world.instances).every(({ state }) => state === 'running')).toBe(true);
    await world.region.advance(minutes(2));
    expect(Object.keys(world.group.instances)).toEqual([kept]);
  });

  test('Notes a failed launch with EC2s words, and tries again with growing distance', async () => {
    const world = makeWorld(2);
    world.refusal = new AwsError(
      'VcpuLimitExceeded',
      'You have requested more vCPU capacity than your current limit.',
    );
    await world.send('SetDesiredCapacity', { DesiredCapacity: 3 });
    await world.region.advance(minutes(4));
    const failed = await activities(world);
    expect(failed.map(({ StatusCode }) => StatusCode)).toEqual(['Failed', 'Failed', 'Failed', 'Failed']);
    expect(failed[0]?.StatusMessage).toBe(
      'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your ' +
        'current limit. Launching EC2 instance failed.',
    );
    world.refusal = undefined;
    await world.region.advance(minutes(10));
    expect(world.versions()).toEqual({ '1': 3 });
  });

  test('Replaces an instance that dies or that its target group finds unhealthy', async () => {
    const world = makeWorld(3);
    const [dead = '', sick = ''] = Object.keys(world.instances);
    await world.region.service('ec2').due('terminated', { id: dead });
    world.autoScaling.targetHealthChanged(world.group.targetGroupArns[0] ?? '', sick, 'unhealthy');
    await world.region.advance(minutes(10));
    expect(Object.keys(world.group.instances)).not.toEqual(expect.arrayContaining([dead]));
    expect(world.group.instances[sick]).toBeUndefined();
    expect(world.versions()).toEqual({ '1': 3 });
  });

  test.each(['ReplaceUnhealthy', 'HealthCheck', 'Terminate'])(
    'Leaves them while %s is suspended',
    async (process) => {
      const world = makeWorld(3, { suspended: [process] });
      const id = firstId(world);
      await world.region.service('ec2').due('terminated', { id });
      await world.region.advance(minutes(10));
      expect(world.group.instances[id]?.health).toBe(process === 'HealthCheck' ? 'Healthy' : 'Unhealthy');
    },
  );

  test('Does not launch while Launch is suspended, and makes up for it when it is resumed', async () => {
    const world = makeWorld(2, { suspended: ['AZRebalance'] });
    await world.send('SuspendProcesses', { ScalingProcesses: ['Launch'] });
    await world.send('SetDesiredCapacity', { DesiredCapacity: 4 });
    await world.region.advance(minutes(5));
    expect(world.versions()).toEqual({ '1': 2 });
    expect((await shown(world)).SuspendedProcesses?.map(({ ProcessName }) => ProcessName)).toEqual([
      'AZRebalance',
      'Launch',
    ]);
    await world.send('ResumeProcesses', { ScalingProcesses: ['Launch'] });
    await world.region.advance(minutes(5));
    expect(world.versions()).toEqual({ '1': 4 });
  });

  test('Balances its zones by launching before it terminates', async () => {
    const world = makeWorld(6);
    for (const member of Object.values(world.group.instances)) Object.assign(member, { zone: zones[0] });
    await world.region.advance(1);
    await world.send('ResumeProcesses', { ScalingProcesses: ['AZRebalance'] });
    await world.region.advance(minutes(60));
    expect(perZone(world)).toEqual([2, 2, 2]);
  });
});

describe('Standby', () => {
  test('Drains first, lowers the desired capacity if told, and raises it on return', async () => {
    const world = makeWorld(3);
    const id = firstId(world);
    await world.send('EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: true });
    expect(world.group.instances[id]?.lifecycle).toBe('EnteringStandby');
    await world.region.advance(minutes(2));
    expect([world.group.instances[id]?.lifecycle, world.group.desired]).toEqual(['Standby', 2]);
    await world.send('ExitStandby', { InstanceIds: [id] });
    await world.region.advance(minutes(1));
    expect([world.group.instances[id]?.lifecycle, world.group.desired]).toEqual(['InService', 3]);
    expect(world.health[id]).toBe('healthy');
    expect(Object.keys(world.group.instances)).toHaveLength(3);
  });

  test('Is refused below the minimum, for what is not in service, and on return above the maximum', async () => {
    const world = makeWorld(2, { minSize: 2, maxSize: 2 });
    const id = firstId(world);
    const enter = (decrement: boolean) =>
      world.send('EnterStandby', { InstanceIds: [id], ShouldDecrementDesiredCapacity: decrement });
    expect(await refusal(enter(true))).toEqual({
      code: 'ValidationError',
      message:
        'AutoScalingGroup web has min-size=2, max-size=2, and desired-size=2. To place into standby 1 instance, ' +
        'please update the AutoScalingGroup sizes appropriately.',
    });
    await enter(false);
    expect((await refusal(enter(false))).message).toBe(`The instance ${id} is not in InService.`);
    await world.region.advance(minutes(3));
    expect((await refusal(world.send('ExitStandby', { InstanceIds: [id] }))).code).toBe('ValidationError');
  });
});

describe('Lifecycle hooks', () => {
  const hook = {
    LifecycleHookName: 'warm',
    LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
    HeartbeatTimeout: 300,
  };

  test('Hold a launch until it is completed; an abandoned one is replaced', async () => {
    const world = makeWorld(1);
    await world.send('PutLifecycleHook', { ...hook, DefaultResult: 'CONTINUE' });
    await world.send('SetDesiredCapacity', { DesiredCapacity: 2 });
    await world.region.advance(minutes(1));
    const waiting = () =>
      Object.values(world.group.instances).find(({ lifecycle }) => lifecycle === 'Pending:Wait');
    const first = waiting();
    await world.send('CompleteLifecycleAction', {
      ...hook,
      InstanceId: first?.id,
      LifecycleActionResult: 'ABANDON',
    });
    await world.region.advance(minutes(1));
    expect(waiting()?.id).not.toBe(first?.id);
    await world.region.advance(minutes(6));
    expect(world.versions()).toEqual({ '1': 2 });
  });
});

describe('Changes of a group', () => {
  test('Are refused to everybody but its operator', async () => {
    const world = makeWorld(1, { operator: 'eks.amazonaws.com' });
    const call = world.send('SuspendProcesses', { ScalingProcesses: ['Launch'] });
    expect(await refusal(call)).toMatchObject({ code: 'AccessDenied' });
    const operator = { ...person, name: 'eks.amazonaws.com' };
    await world.region.send('autoscaling', 'SuspendProcesses', { AutoScalingGroupName: 'web' }, operator);
    expect(Object.keys(world.group.suspended)).toHaveLength(9);
  });

  test('Move the desired capacity with the sizes, and refuse sizes that contradict each other', async () => {
    const world = makeWorld(2);
    await world.send('UpdateAutoScalingGroup', { MinSize: 3 });
    expect(world.group.desired).toBe(3);
    expect((await refusal(world.send('UpdateAutoScalingGroup', { MinSize: 9 }))).code).toBe(
      'ValidationError',
    );
    expect((await refusal(world.send('SetDesiredCapacity', { DesiredCapacity: 5 }))).message).toBe(
      'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.',
    );
    expect(
      (await refusal(world.send('UpdateAutoScalingGroup', { AutoScalingGroupName: 'api' }))).message,
    ).toBe("AutoScalingGroup name not found - AutoScalingGroup 'api' not found");
  });

  test('Are judged by the group’s ARN and tags', () => {
    const world = makeWorld(1);
    world.group.tags = [{ key: 'acme:application', value: 'web', propagate: true }];
    const suspend = world.autoScaling.actions.SuspendProcesses;
    expect(suspend?.requires({ AutoScalingGroupName: 'web' }, world.region, person)).toMatchObject([
      {
        action: 'autoscaling:SuspendProcesses',
        resource: expect.stringMatching(
          /:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web$/,
        ) as string,
        context: { 'aws:resourcetag/acme:application': 'web' },
      },
    ]);
  });
});

describe('Scheduled actions', () => {
  const noon = {
    group: 'web',
    name: 'noon',
    startAt: startAt + minutes(60),
    recurrence: '0 9 * * *',
    desired: 4,
  };

  test('Run when they are due, and again by their recurrence', async () => {
    const world = makeWorld(2);
    addScheduledAction(world.region, noon);
    await world.region.advance(minutes(61));
    expect(world.group.desired).toBe(4);
    expect(world.autoScaling.state.scheduledActions['web/noon']?.startAt).toBe(noon.startAt + minutes(1440));
  });

  test('Never run when they fall due while ScheduledActions is suspended', async () => {
    const world = makeWorld(2, { suspended: ['ScheduledActions'] });
    addScheduledAction(world.region, noon);
    await world.region.advance(minutes(61));
    await world.send('ResumeProcesses', { ScalingProcesses: ['ScheduledActions'] });
    await world.region.advance(minutes(60));
    expect(world.group.desired).toBe(2);
  });
});

describe('Scaling policies', () => {
  const tracking = {
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
    },
  };

  test('Of target tracking make their own alarms, and take them along', async () => {
    const world = makeWorld(4);
    const made = await world.send<{ PolicyARN: string; Alarms: { AlarmName: string }[] }>(
      'PutScalingPolicy',
      tracking,
    );
    expect(made.Alarms.map(({ AlarmName }) => AlarmName.slice(0, 29))).toEqual([
      'TargetTracking-web-AlarmHigh-',
      'TargetTracking-web-AlarmLow-0',
    ]);
    expect(Object.keys(world.alarms)).toHaveLength(2);
    world.alarms[made.Alarms[1]?.AlarmName ?? ''] = 'ALARM';
    world.autoScaling.executePolicy(made.PolicyARN);
    expect(world.group.desired).toBe(3);
    world.autoScaling.executePolicy(made.PolicyARN, 25);
    expect(world.group.desired).toBe(5);
    await world.send('DeletePolicy', { PolicyName: 'cpu' });
    expect(world.alarms).toEqual({});
  });

  test('Do nothing by alarm while AlarmNotification is suspended', async () => {
    const world = makeWorld(4, { suspended: ['AlarmNotification'] });
    const { PolicyARN } = await world.send<{ PolicyARN: string }>('PutScalingPolicy', {
      PolicyName: 'out',
      PolicyType: 'SimpleScaling',
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: 2,
    });
    world.autoScaling.executePolicy(PolicyARN);
    expect(world.group.desired).toBe(4);
    await world.send('ResumeProcesses', { ScalingProcesses: ['AlarmNotification'] });
    world.autoScaling.executePolicy(PolicyARN);
    expect(world.group.desired).toBe(6);
    world.autoScaling.executePolicy(PolicyARN);
    expect(world.group.desired).toBe(6);
  });
});

describe('A warm pool', () => {
  test('Is filled, drawn on by a scale-out, and refreshed with the group', async () => {
    const world = makeWorld(2, { maxSize: 4 });
    await world.send('PutWarmPool', { PoolState: 'Running' });
    await world.region.advance(minutes(2));
    const warm = () =>
      Object.values(world.group.instances).filter(({ lifecycle }) => lifecycle === 'Warmed:Running');
    expect(warm()).toHaveLength(2);
    const drawn = warm().map(({ id }) => id);
    await world.send('SetDesiredCapacity', { DesiredCapacity: 3 });
    await world.region.advance(1);
    expect(drawn.filter((id) => world.group.instances[id]?.lifecycle === 'InService')).toHaveLength(1);
    await world.send('StartInstanceRefresh', {
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'web', Version: '2' } },
    });
    await world.region.advance(minutes(60));
    expect(world.versions()).toEqual({ '2': 3 });
    expect(warm().map(({ template }) => template?.version)).toEqual(['2']);
  });
});

test('An override with a parameter instead of an image is refused', async () => {
  const specification = { LaunchTemplateId: 'lt-1', Version: '1' };
  const overrides = [{ InstanceType: 'm5.large', ImageId: 'resolve:ssm:/web/image' }];
  const world = makeWorld(1);
  const refused = await refusal(
    world.send('UpdateAutoScalingGroup', {
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: specification, Overrides: overrides },
      },
    }),
  );
  expect(JSON.stringify(refused)).toMatch(/expecting/);
});
