import type { Requirement } from '../../src/core/service';
import { makeEc2, type Ec2Service } from '../../src/services/ec2';
import type { Image, LaunchTemplate, Subnet } from '../../src/ec2/state';
import { makeFakeRegion, person, type FakeRegion } from '../support/fakeRegion';

export interface World {
  readonly region: FakeRegion;
  readonly ec2: Ec2Service;
  readonly image: Image;
  readonly template: LaunchTemplate;
  readonly subnets: readonly Subnet[];
  readonly send: <Output>(action: string, input: unknown) => Promise<Output>;
  readonly requires: (action: string, input: unknown) => readonly Requirement[];
}

/** Two zones, an image with v1, and a launch template that uses it. */
export const makeWorld = (name = 'eu-west-1'): World => {
  const region = makeFakeRegion({ name });
  const ec2 = region.add('ec2', makeEc2(region));
  const subnets = ['a', 'b'].map((letter) => ec2.addSubnet({ zone: `${name}${letter}` }));
  const image = ec2.addImage({ name: 'api-v1', software: 'v1', tags: { 'acme:application': 'api' } });
  const template = ec2.addLaunchTemplate({
    name: 'api',
    versions: [
      {
        data: {
          ImageId: image.id,
          InstanceType: 'm5.large',
          IamInstanceProfile: { Name: 'web' },
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'web' }] }],
        },
      },
    ],
  });
  return {
    region,
    ec2,
    image,
    template,
    subnets,
    send: (action, input) => region.send('ec2', action, input),
    requires: (action, input) => ec2.actions[action]?.requires(input, region, person) ?? [],
  };
};

export const addInstance = (world: World, tags: Record<string, string> = {}) =>
  world.ec2.addRunningInstance({
    launchTemplate: { id: world.template.id, version: 1 },
    subnetId: world.subnets[0]?.id,
    tags,
  });
