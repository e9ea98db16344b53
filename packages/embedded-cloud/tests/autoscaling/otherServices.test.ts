/** Uses the cloud's own EC2, load balancing and CloudWatch instead of stand-ins. */
import type { DescribeAutoScalingGroupsCommandOutput, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { addGroup, addInService } from '../../src/autoscaling/seed';
import { makeAutoScaling } from '../../src/services/autoscaling';
import { makeCloudWatch } from '../../src/services/cloudwatch';
import { makeEc2 } from '../../src/services/ec2';
import { makeElasticLoadBalancing } from '../../src/services/elasticloadbalancing';
import { makeFakeRegion, person } from '../support/fakeRegion';
import { minutes, refusal, zones } from './world';

const makeCloud = (size: number) => {
  const region = makeFakeRegion();
  const ec2 = region.add('ec2', makeEc2(region));
  const balancing = region.add('elasticloadbalancing', makeElasticLoadBalancing(region));
  const autoScaling = region.add('autoscaling', makeAutoScaling(region));
  const cloudWatch = region.add('cloudwatch', makeCloudWatch(region));
  const subnets = Object.fromEntries(zones.map((zone) => [zone, ec2.addSubnet({ zone }).id]));
  const versions = ['v1', 'v2'].map((software) => ({
    data: {
      ImageId: ec2.addImage({ name: `web-${software}`, software }).id,
      InstanceType: 'm7i.large' as const,
    },
  }));
  const template = ec2.addLaunchTemplate({ name: 'web', versions });
  const { arn } = balancing.addTargetGroup({ name: 'web', deregistrationDelaySeconds: 30 });
  addGroup(region, {
    name: 'web',
    minSize: 1,
    maxSize: size * 2,
    desired: size,
    zones,
    subnets,
    launchTemplate: { template: 'web', version: '1' },
    targetGroupArns: [arn],
    healthCheckType: 'ELB',
    gracePeriodSeconds: 300,
    defaultWarmupSeconds: 30,
  });
  for (let index = 0; index < size; index += 1) {
    const subnetId = subnets[zones[index % zones.length] ?? ''];
    const { id } = ec2.addRunningInstance({
      launchTemplate: { id: template.id, version: 1 },
      subnetId,
      tags: {},
    });
    balancing.addHealthyTarget(arn, id);
    addInService(region, 'web', id);
  }
  const send = <Output>(action: string, input: object = {}) =>
    region.send<Output>('autoscaling', action, { AutoScalingGroupName: 'web', ...input });
  const software = () =>
    Object.keys(autoScaling.state.groups.web?.instances ?? {}).map((id) => ec2.instance(id)?.software);
  const status = async () =>
    (await send<{ InstanceRefreshes: InstanceRefresh[] }>('DescribeInstanceRefreshes')).InstanceRefreshes[0]
      ?.Status;
  const desired = { LaunchTemplate: { LaunchTemplateId: template.id, Version: '2' } };
  return { region, ec2, balancing, autoScaling, cloudWatch, template, arn, send, software, status, desired };
};

describe('A group among the cloud’s own services', () => {
  test('Is refreshed to the software of the new image', async () => {
    const cloud = makeCloud(6);
    await cloud.send('StartInstanceRefresh', {
      DesiredConfiguration: cloud.desired,
      Preferences: { MinHealthyPercentage: 60 },
    });
    await cloud.region.advance(minutes(40));
    expect(await cloud.status()).toBe('Successful');
    expect(cloud.software()).toEqual(Array(6).fill('v2'));
    const { autoScaling, balancing, arn } = cloud;
    const ids = Object.keys(autoScaling.state.groups.web?.instances ?? {});
    expect(ids.map((id) => balancing.health(arn, id))).toEqual(Array(6).fill('healthy'));
  });

  test('Goes back when the new software never becomes healthy', async () => {
    const cloud = makeCloud(3);
    cloud.balancing.setBrokenSoftware(['v2']);
    const Preferences = { AutoRollback: true, MinHealthyPercentage: 60 };
    await cloud.send('StartInstanceRefresh', { DesiredConfiguration: cloud.desired, Preferences });
    await cloud.region.advance(minutes(120));
    expect(await cloud.status()).toBe('RollbackSuccessful');
    expect(cloud.software()).toEqual(['v1', 'v1', 'v1']);
  });

  test('Goes back when a CloudWatch alarm that gates the refresh rings', async () => {
    const cloud = makeCloud(4);
    cloud.cloudWatch.putAlarm({
      AlarmName: 'errors',
      MetricName: 'Errors',
      Namespace: 'Web',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const Preferences = { AutoRollback: true, AlarmSpecification: { Alarms: ['errors'] } };
    await cloud.send('StartInstanceRefresh', { DesiredConfiguration: cloud.desired, Preferences });
    await cloud.region.advance(minutes(3));
    cloud.cloudWatch.setAlarmState('errors', 'ALARM', 'Threshold crossed.');
    await cloud.region.advance(minutes(40));
    expect(await cloud.status()).toBe('RollbackSuccessful');
    expect(cloud.software()).toEqual(['v1', 'v1', 'v1', 'v1']);
  });

  test('Asks of who brings a launch template what RunInstances asks', () => {
    const cloud = makeCloud(1);
    const needed = cloud.autoScaling.actions.UpdateAutoScalingGroup?.requires(
      { AutoScalingGroupName: 'web', ...cloud.desired },
      cloud.region,
      person,
    );
    expect(needed?.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['autoscaling:UpdateAutoScalingGroup', 'ec2:RunInstances']),
    );
    const resources = needed?.map(({ resource }) => resource);
    expect(resources).toContain(cloud.region.arn('ec2', `launch-template/${cloud.template.id}`));
  });

  test('Is made with subnets, tagged, paged and deleted with its instances', async () => {
    const cloud = makeCloud(1);
    const subnets = Object.keys(cloud.ec2.state.subnets);
    const AutoScalingGroupName = 'api';
    const api = { AutoScalingGroupName, MinSize: 2, MaxSize: 4, VPCZoneIdentifier: subnets.join(',') };
    await cloud.send('CreateAutoScalingGroup', { ...api, ...cloud.desired });
    const again = cloud.send('CreateAutoScalingGroup', { ...api, ...cloud.desired });
    expect(await refusal(again)).toMatchObject({ code: 'AlreadyExists' });
    const tag = { ResourceId: 'api', ResourceType: 'auto-scaling-group', Key: 'team', Value: 'tickets' };
    await cloud.send('CreateOrUpdateTags', { Tags: [{ ...tag, PropagateAtLaunch: true }] });
    await cloud.region.advance(minutes(2));
    const list = (input: object) =>
      cloud.region.send<DescribeAutoScalingGroupsCommandOutput>(
        'autoscaling',
        'DescribeAutoScalingGroups',
        input,
      );
    const first = await list({ MaxRecords: 1 });
    const second = await list({ MaxRecords: 1, NextToken: first.NextToken });
    expect([first, second].map((page) => page.AutoScalingGroups?.[0]?.AutoScalingGroupName)).toEqual([
      'web',
      'api',
    ]);
    expect(second.NextToken).toBeUndefined();
    expect(second.AutoScalingGroups?.[0]?.Instances).toHaveLength(2);
    const filtered = await list({ Filters: [{ Name: 'tag:team', Values: ['tickets'] }] });
    expect(filtered.AutoScalingGroups).toHaveLength(1);
    expect(await refusal(cloud.send('DeleteAutoScalingGroup', { AutoScalingGroupName }))).toMatchObject({
      code: 'ResourceInUse',
    });
    await cloud.send('DeleteAutoScalingGroup', { AutoScalingGroupName, ForceDelete: true });
    await cloud.region.advance(minutes(5));
    expect(Object.keys(cloud.autoScaling.state.groups)).toEqual(['web']);
  });

  test('Launches by the overrides of a mixed instances policy, the next where the first has no capacity', async () => {
    const cloud = makeCloud(1);
    cloud.ec2.addCapacityLimit({ instanceType: 'm7i.xlarge', remaining: 0 });
    const LaunchTemplateSpecification = { LaunchTemplateName: 'web', Version: '2' };
    const Overrides = [{ InstanceType: 'm7i.xlarge' }, { InstanceType: 'm6i.xlarge' }];
    const MixedInstancesPolicy = { LaunchTemplate: { LaunchTemplateSpecification, Overrides } };
    await cloud.send('UpdateAutoScalingGroup', { MixedInstancesPolicy });
    await cloud.send('SetDesiredCapacity', { DesiredCapacity: 2 });
    await cloud.region.advance(minutes(2));
    const types = Object.values(cloud.autoScaling.state.groups.web?.instances ?? {}).map(({ type }) => type);
    expect(types).toEqual(['m7i.large', 'm6i.xlarge']);
  });

  test('Survives that its state is saved and restored in the middle', async () => {
    const cloud = makeCloud(4);
    await cloud.send('StartInstanceRefresh', { DesiredConfiguration: cloud.desired });
    await cloud.region.advance(minutes(3));
    for (const service of Object.values(cloud.region.services)) {
      service.state = JSON.parse(JSON.stringify(service.state)) as unknown;
    }
    await cloud.region.advance(minutes(40));
    expect(cloud.software()).toEqual(['v2', 'v2', 'v2', 'v2']);
  });
});
