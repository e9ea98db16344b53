import { makeEc2 } from '../../src/services/ec2';
import { makeElasticLoadBalancing } from '../../src/services/elasticloadbalancing';
import type { TargetGroupSeed } from '../../src/elasticloadbalancing/seed';
import { makeFakeRegion } from '../support/fakeRegion';

/** One target group behind a load balancer, an image with v1, two zones, and a record of the calls to Auto Scaling. */
export const makeWorld = (seed: Partial<TargetGroupSeed> = {}) => {
  const region = makeFakeRegion();
  const ec2 = region.add('ec2', makeEc2(region));
  const elb = region.add('elasticloadbalancing', makeElasticLoadBalancing(region));
  const heard: string[] = [];
  region.add('autoscaling', {
    targetHealthChanged: (_arn: string, id: string, state: string) => void heard.push(`${id} ${state}`),
  });
  const subnets = ['eu-west-1a', 'eu-west-1b'].map((zone) => ec2.addSubnet({ zone }));
  const image = ec2.addImage({ name: 'api-v1', software: 'v1' });
  const group = elb.addTargetGroup({ name: 'api', ...seed });
  const addInstance = (subnet = 0) =>
    ec2.addRunningInstance({
      imageId: image.id,
      instanceType: 'm5.large',
      subnetId: subnets[subnet]?.id,
      tags: {},
    });
  return {
    region,
    ec2,
    elb,
    heard,
    group,
    addInstance,
    /** A running instance that has been healthy for a long time. */
    addHealthy: () => {
      const instance = addInstance();
      elb.addHealthyTarget(group.arn, instance.id);
      return instance;
    },
    launch: () =>
      ec2.launch({ imageId: image.id, instanceType: 'm5.large', subnetId: subnets[0]?.id, tags: {} }),
    health: (id: string) => elb.health(group.arn, id),
    send: <Output>(action: string, input: object = {}) =>
      region.send<Output>('elasticloadbalancing', action, { TargetGroupArn: group.arn, ...input }),
  };
};
