import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const minutes = (count: number) => count * 60_000;

/** A group of two on target group `old`; `new` is there, both behind load balancer `front`. */
const cloudOf = () => {
  const parsed = parseDescription({
    groups: { api: { instances: 2, max: 9, targetGroups: ['old'] } },
    targetGroups: { old: {}, new: {}, alone: {} },
    loadBalancers: {
      front: {
        listeners: [{ targetGroup: 'old', rules: [{ priority: 1, paths: ['/new'], targetGroup: 'new' }] }],
      },
    },
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  const region = cloud.region(cloud.home);
  const { targetGroups, loadBalancers } = region.service('elasticloadbalancing').state;
  const arnOf = (name: string) => Object.values(targetGroups).find((one) => one.name === name)?.arn ?? '';
  const balancer = Object.values(loadBalancers).find(({ name }) => name === 'front')?.arn ?? '';
  const send = <Output = unknown>(action: string, input: object = {}) =>
    cloud.run(() =>
      cloud.answer(cloud.home, cloud.person(), 'autoscaling', action, {
        AutoScalingGroupName: 'api',
        ...input,
      }),
    ) as Promise<Output>;
  const states = async () => {
    const { LoadBalancerTargetGroups: found } = await send<{
      LoadBalancerTargetGroups: { LoadBalancerTargetGroupARN: string; State: string }[];
    }>('DescribeLoadBalancerTargetGroups');
    return found.map((one) => `${targetGroups[one.LoadBalancerTargetGroupARN]?.name ?? ''} ${one.State}`);
  };
  const group = async () => {
    const input = { AutoScalingGroupNames: ['api'], AutoScalingGroupName: undefined };
    return (await send<{ AutoScalingGroups: AutoScalingGroup[] }>('DescribeAutoScalingGroups', input))
      .AutoScalingGroups[0];
  };
  const health = (name: string) =>
    Object.keys(region.service('autoscaling').state.groups.api?.instances ?? {}).map((id) =>
      region.service('elasticloadbalancing').health(arnOf(name), id),
    );
  return { cloud, arnOf, balancer, send, states, group, health };
};

test('A target group that is attached gets the instances that are in service, and those to come.', async () => {
  const { cloud, arnOf, send, states, health } = cloudOf();
  expect(await states()).toEqual(['old InService']);
  await send('AttachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('new')] });
  expect(await states()).toEqual(['old InService', 'new Added']);
  await cloud.advance(minutes(2));
  expect(await states()).toEqual(['old InService', 'new InService']);
  await send('SetDesiredCapacity', { DesiredCapacity: 3 });
  await cloud.advance(minutes(5));
  expect(health('new')).toEqual(['healthy', 'healthy', 'healthy']);
});

test('One that is detached drains, is shown until then, and its instances run on.', async () => {
  const { cloud, arnOf, send, states, group, health } = cloudOf();
  await send('AttachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('new')] });
  await cloud.advance(minutes(2));
  await send('DetachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('old')] });
  expect(await states()).toEqual(['new InService', 'old Removing']);
  expect((await group())?.TargetGroupARNs).toEqual([arnOf('new')]);
  await cloud.advance(minutes(2));
  expect(await states()).toEqual(['new InService']);
  expect(health('old')).toEqual(['unused', 'unused']);
  expect((await group())?.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual([
    'InService',
    'InService',
  ]);
});

test('A traffic source is shown as such, and is not detached as a target group.', async () => {
  const { cloud, arnOf, send, states, group } = cloudOf();
  const TrafficSources = [{ Identifier: arnOf('new'), Type: 'elbv2' }];
  await send('AttachTrafficSources', { TrafficSources });
  await cloud.advance(minutes(2));
  expect(await group()).toMatchObject({ TargetGroupARNs: [arnOf('old')], TrafficSources });
  expect(await send('DescribeTrafficSources')).toMatchObject({
    TrafficSources: [
      { Identifier: arnOf('old'), State: 'InService' },
      { Identifier: arnOf('new'), State: 'InService' },
    ],
  });
  await expect(send('DetachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('new')] })).rejects.toThrow(
    'Trying to remove Target Groups that are not part of the group',
  );
  await send('DetachTrafficSources', { TrafficSources });
  await cloud.advance(minutes(2));
  expect(await states()).toEqual(['old InService']);
});

test('What does not exist, is not attached or is no target group is refused.', async () => {
  const { arnOf, send } = cloudOf();
  const gone = arnOf('new').replace('/new/', '/gone/');
  await expect(send('AttachLoadBalancerTargetGroups', { TargetGroupARNs: [gone] })).rejects.toThrow(
    'Provided Target Groups may not be valid. Please ensure they exist and try again.',
  );
  await expect(
    send('DetachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('new')] }),
  ).rejects.toMatchObject({ code: 'ValidationError' });
  await expect(
    send('AttachTrafficSources', { TrafficSources: [{ Identifier: 'classic', Type: 'elbv2' }] }),
  ).rejects.toThrow('Traffic source classic is not of the type elbv2.');
});

const tail = (arn: string, from: string) => arn.slice(arn.indexOf(from) + from.length);
const policyWith = (ResourceLabel?: string) => ({
  PolicyName: 'requests',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingConfiguration: {
    TargetValue: 100,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel },
  },
});
const label = (balancer: string, target: string) =>
  `${tail(balancer, ':loadbalancer/')}/${tail(target, `:111122223333:`)}`;

test('A policy by requests names a target group that is attached, behind the load balancer that it names.', async () => {
  const { arnOf, balancer, send } = cloudOf();
  await send('PutScalingPolicy', policyWith(label(balancer, arnOf('old'))));
  await expect(send('PutScalingPolicy', policyWith(label(balancer, arnOf('new'))))).rejects.toThrow(
    'is not attached to api',
  );
  await send('AttachLoadBalancerTargetGroups', { TargetGroupARNs: [arnOf('new'), arnOf('alone')] });
  await send('PutScalingPolicy', policyWith(label(balancer, arnOf('new'))));
  await expect(send('PutScalingPolicy', policyWith(label(balancer, arnOf('alone'))))).rejects.toThrow(
    'does not route traffic to the target group',
  );
});

test('A policy by requests is refused without a label, and with one of another form.', async () => {
  const { send } = cloudOf();
  await expect(send('PutScalingPolicy', policyWith())).rejects.toThrow('Resource label should be specified');
  await expect(send('PutScalingPolicy', policyWith('front/old'))).rejects.toMatchObject({
    code: 'ValidationError',
  });
});

test('Classic load balancers and target groups of VPC Lattice are shown and taken away, and get no instances', async () => {
  const { send, group, states } = cloudOf();
  const lattice = { Identifier: 'tg-1', Type: 'vpc-lattice' };
  await send('AttachLoadBalancers', { LoadBalancerNames: ['classic'] });
  await send('AttachTrafficSources', { TrafficSources: [lattice] });
  expect(await group()).toMatchObject({ LoadBalancerNames: ['classic'], TrafficSources: [lattice] });
  expect(await states()).toEqual(['old InService']);
  await expect(send('DetachLoadBalancers', { LoadBalancerNames: ['other'] })).rejects.toThrow('not part');
  await send('DetachLoadBalancers', { LoadBalancerNames: ['classic'] });
  await send('DetachTrafficSources', { TrafficSources: [lattice] });
  expect(await group()).toMatchObject({ LoadBalancerNames: [] });
  expect((await group())?.TrafficSources).toBeUndefined();
});
