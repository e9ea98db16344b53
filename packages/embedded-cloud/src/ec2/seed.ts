/** Fills EC2's state from a description of the cloud: the resources that exist before the first call. */
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Region } from '../core/service';
import { watchAilments } from './ailments';
import type {
  Ailment,
  CapacityLimit,
  Ec2State,
  Image,
  ImageOutcome,
  Instance,
  LaunchTemplate,
  MaintenanceEvent,
  SecurityGroup,
  Subnet,
  Tags,
} from './state';
import { requireOne } from './errors';
import { addRule } from './securityGroupRules';
import { newInstance, partsOf } from './launching';
import { specify, type LaunchRequest } from './launchSpecification';
import { tellAilment, tellRunningAlready } from './listeners';

export interface SubnetSeed {
  readonly zone: string;
  readonly id?: string | undefined;
  readonly vpcId?: string | undefined;
  /** `10.0.0.0/20` and the following ones by default. */
  readonly cidr?: string | undefined;
  readonly tags?: Tags | undefined;
}

export interface SecurityGroupSeed {
  readonly name: string;
  readonly id?: string | undefined;
  readonly vpcId?: string | undefined;
  readonly tags?: Tags | undefined;
  /** TCP ingress rules. */
  readonly rules?:
    | readonly { readonly port: number; readonly cidr: string; readonly description?: string | undefined }[]
    | undefined;
}

export interface ImageSeed {
  readonly name: string;
  readonly id?: string | undefined;
  readonly architecture?: 'x86_64' | 'arm64' | undefined;
  readonly software?: string | undefined;
  readonly sizeGiB?: number | undefined;
  readonly createdAt?: number | undefined;
  readonly tags?: Tags | undefined;
}

export interface LaunchTemplateSeed {
  readonly name: string;
  readonly id?: string | undefined;
  readonly tags?: Tags | undefined;
  /** Numbered from 1 in this order. */
  readonly versions: readonly {
    readonly data: RequestLaunchTemplateData;
    readonly description?: string | undefined;
  }[];
  /** 1 by default, as on AWS. */
  readonly defaultVersion?: number | undefined;
}

export interface RunningInstanceSeed extends LaunchRequest {
  readonly id?: string | undefined;
  /** The software of its image by default. */
  readonly software?: string | undefined;
  /** An hour ago by default. */
  readonly launchedAt?: number | undefined;
}

export interface Ec2Seed {
  addSubnet(seed: SubnetSeed): Subnet;
  addSecurityGroup(seed: SecurityGroupSeed): SecurityGroup;
  /** An available image, with one snapshot that has the same tags. */
  addImage(seed: ImageSeed): Image;
  addLaunchTemplate(seed: LaunchTemplateSeed): LaunchTemplate;
  /**
   * The instance has been running for an hour, and its agent is online. Image, type and subnet must exist. Capacity
   * and quota are not checked.
   */
  addRunningInstance(seed: RunningInstanceSeed): Instance;
  addMaintenanceEvent(instanceId: string, event: Omit<MaintenanceEvent, 'id'>): void;
  /** Instances fail their checks from then on, those that run already among them. */
  addAilment(ailment: Omit<Ailment, 'describedAt'>): void;
  addCapacityLimit(limit: CapacityLimit): void;
  addImageOutcome(outcome: ImageOutcome): void;
  /** The instance's host fails after `afterMs`. */
  addDeath(instanceId: string, afterMs: number): void;
}

type State = () => Ec2State;

const anHourMs = 3_600_000;

const vpcOf = (region: Region, state: Ec2State, id: string | undefined): string => {
  const [first] = Object.keys(state.vpcs);
  const vpcId = id ?? first ?? region.newId('vpc-');
  state.vpcs[vpcId] ??= { id: vpcId, cidr: '10.0.0.0/16', isDefault: first === undefined };
  return vpcId;
};

const network = (region: Region, state: State) => ({
  addSubnet({ zone, id, vpcId, cidr, tags }: SubnetSeed): Subnet {
    const { subnets } = state();
    const subnet: Subnet = {
      id: id ?? region.newId('subnet-'),
      vpcId: vpcOf(region, state(), vpcId),
      zone,
      cidr: cidr ?? `10.0.${(16 * Object.keys(subnets).length) % 256}.0/20`,
      defaultForZone: !Object.values(subnets).some((other) => other.zone === zone),
      tags: { ...tags },
    };
    return (subnets[subnet.id] = subnet);
  },
  addSecurityGroup({ name, id, vpcId, tags, rules = [] }: SecurityGroupSeed): SecurityGroup {
    const group: SecurityGroup = {
      id: id ?? region.newId('sg-'),
      name,
      description: name,
      vpcId: vpcOf(region, state(), vpcId),
      tags: { ...tags },
    };
    state().securityGroups[group.id] = group;
    for (const { port, cidr, description } of rules)
      addRule(state(), {
        id: region.newId('sgr-'),
        groupId: group.id,
        protocol: 'tcp',
        fromPort: port,
        toPort: port,
        ...(cidr.includes(':') ? { cidrIpv6: cidr } : { cidrIpv4: cidr }),
        ...(description !== undefined && { description }),
        tags: {},
      });
    return group;
  },
});

const addSnapshot = (region: Region, state: Ec2State, imageId: string, seed: ImageSeed): string => {
  const id = region.newId('snap-');
  const startedAt = seed.createdAt ?? region.now() - anHourMs;
  state.snapshots[id] = {
    id,
    owner: region.account,
    volumeId: region.newId('vol-'),
    sizeGiB: seed.sizeGiB ?? 8,
    startedAt,
    completedAt: startedAt,
    description: `Created for ${imageId}`,
    state: 'completed',
    tags: { ...seed.tags },
  };
  return id;
};

const images = (region: Region, state: State) => ({
  addImage(seed: ImageSeed): Image {
    const id = seed.id ?? region.newId('ami-');
    const image: Image = {
      id,
      name: seed.name,
      owner: region.account,
      createdAt: seed.createdAt ?? region.now() - anHourMs,
      description: '',
      state: 'available',
      architecture: seed.architecture ?? 'x86_64',
      bootMode: 'uefi-preferred',
      rootDeviceName: '/dev/xvda',
      devices: [
        {
          deviceName: '/dev/xvda',
          snapshotId: addSnapshot(region, state(), id, seed),
          sizeGiB: seed.sizeGiB ?? 8,
        },
      ],
      tags: { ...seed.tags },
      ...(seed.software !== undefined && { software: seed.software }),
    };
    state().imageNames[image.name] = id;
    return (state().images[id] = image);
  },
  addImageOutcome(outcome: ImageOutcome): void {
    state().imageOutcomes.push({ ...outcome });
  },
});

const templates = (region: Region, state: State) => ({
  addLaunchTemplate(seed: LaunchTemplateSeed): LaunchTemplate {
    const createdBy = `arn:${region.partition}:iam::${region.account}:root`;
    const createdAt = region.now() - anHourMs;
    const template: LaunchTemplate = {
      id: seed.id ?? region.newId('lt-'),
      name: seed.name,
      createdAt,
      createdBy,
      defaultVersion: seed.defaultVersion ?? 1,
      latestVersion: seed.versions.length,
      versions: {},
      tags: { ...seed.tags },
    };
    seed.versions.forEach(({ data, description }, index) => {
      const number = index + 1;
      template.versions[number] = {
        number,
        createdAt,
        createdBy,
        data: structuredClone(data),
        ...(description !== undefined && { description }),
      };
    });
    state().launchTemplateNames[template.name] = template.id;
    return (state().launchTemplates[template.id] = template);
  },
});

const instances = (region: Region, state: State) => ({
  addRunningInstance(seed: RunningInstanceSeed): Instance {
    const { id, software, launchedAt = region.now() - anHourMs, ...request } = seed;
    const parts = partsOf(state(), specify(region, state(), request));
    const instance: Instance = {
      ...newInstance(region, state(), parts, { id: region.newId('r-'), index: 0 }),
      ...(id !== undefined && { id }),
      ...(software !== undefined && { software }),
      state: 'running',
      launchedAt,
      stateChangedAt: launchedAt,
      bootedAt: launchedAt,
    };
    state().instances[instance.id] = instance;
    tellRunningAlready(region, instance.id);
    return instance;
  },
  addMaintenanceEvent(instanceId: string, event: Omit<MaintenanceEvent, 'id'>): void {
    const instance = requireOne('instance', state().instances, instanceId, 'InstanceId');
    instance.maintenanceEvents.push({ id: region.newId('instance-event-'), ...event });
  },
  addAilment(ailment: Omit<Ailment, 'describedAt'>): void {
    (state().ailments ??= []).push({ ...ailment, describedAt: region.now() });
    for (const instance of Object.values(state().instances)) {
      watchAilments(region, state(), instance);
      tellAilment(region, instance.id);
    }
  },
  addCapacityLimit(limit: CapacityLimit): void {
    state().capacityLimits.push({ ...limit });
  },
  addDeath(instanceId: string, afterMs: number): void {
    region.schedule(afterMs, 'ec2', 'dies', { instanceId });
  },
});

export const makeSeed = (region: Region, state: State): Ec2Seed => ({
  ...network(region, state),
  ...images(region, state),
  ...templates(region, state),
  ...instances(region, state),
});
