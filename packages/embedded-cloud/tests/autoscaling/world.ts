import type { AutoScalingService } from '../../src/services/autoscaling';
import { makeAutoScaling } from '../../src/services/autoscaling';
import { addGroup, addInService, type GroupSeed } from '../../src/autoscaling/seed';
import type { TargetState } from '../../src/autoscaling/otherServices';
import type { Group } from '../../src/autoscaling/state';
import { AwsError } from '../../src/core/errors';
import { makeFakeRegion, type FakeRegion } from '../support/fakeRegion';

interface FakeInstance {
  id: string;
  zone: string;
  instanceType: string;
  imageId: string;
  state: string;
  tags: Record<string, string>;
  version: string;
}

export interface World {
  readonly region: FakeRegion;
  readonly autoScaling: AutoScalingService;
  readonly group: Group;
  readonly instances: Record<string, FakeInstance>;
  readonly health: Record<string, TargetState>;
  readonly alarms: Record<string, string>;
  /** If set, every launch fails with it. */
  refusal?: AwsError | undefined;
  /** Zones that have no capacity. */
  readonly fullZones: Set<string>;
  /** Template versions whose instances never become healthy. */
  readonly broken: Set<string>;
  send<Output>(action: string, input?: object): Promise<Output>;
  versions(): Record<string, number>;
  eventNames(): string[];
}

export const zones = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
export const targetGroup =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';

type Parts = Pick<
  World,
  'region' | 'autoScaling' | 'instances' | 'health' | 'alarms' | 'broken' | 'fullZones'
> & {
  refusal?: AwsError | undefined;
};

const addInstance = (parts: Parts, zone: string, version: string, state: string): FakeInstance => {
  const id = parts.region.newId('i-');
  const made = { id, zone, instanceType: 'm7g.large', imageId: `ami-${version}`, state, tags: {}, version };
  return (parts.instances[id] = made);
};

interface LaunchAsked {
  readonly launchTemplate: { readonly version: string };
  readonly zone: string;
  readonly tags: Record<string, string>;
}

const ec2 = (parts: Parts) => ({
  state: {},
  actions: {},
  launch: ({ launchTemplate, zone, tags }: LaunchAsked) => {
    if (parts.refusal) throw parts.refusal;
    if (parts.fullZones.has(zone))
      throw new AwsError('InsufficientInstanceCapacity', `Nothing is left in ${zone}.`);
    const made = Object.assign(addInstance(parts, zone, launchTemplate.version, 'pending'), { tags });
    parts.region.schedule(30_000, 'ec2', 'running', { id: made.id });
    return made;
  },
  instance: (id: string) => parts.instances[id],
  terminate: (id: string) => {
    const instance = parts.instances[id];
    if (instance) instance.state = 'shutting-down';
    parts.region.schedule(40_000, 'ec2', 'terminated', { id });
  },
  launchTemplate: (name: string) =>
    name === 'lt-1' || name === 'web' ? { id: 'lt-1', name: 'web' } : undefined,
  launchTemplateVersion: (_id: string, version: string) => {
    const number = version === '$Latest' ? 3 : version === '$Default' ? 1 : Number(version);
    const image = number === 4 ? 'resolve:ssm:/web/image' : `ami-${number}`;
    return number <= 4 ? { number, data: { ImageId: image } } : undefined;
  },
  due: (kind: string, { id }: { id: string }) => {
    const instance = parts.instances[id];
    if (!instance) return;
    instance.state = kind;
    if (kind === 'running') parts.autoScaling.instanceRunning(id);
    else parts.autoScaling.instanceGone(id);
  },
});

const loadBalancing = ({ region, autoScaling, instances, health, broken }: Parts) => ({
  state: {},
  actions: {},
  register: (_arn: string, id: string) => {
    health[id] = 'initial';
    const outcome = broken.has(instances[id]?.version ?? '') ? 'unhealthy' : 'healthy';
    region.schedule(10_000, 'elasticloadbalancing', outcome, { id });
  },
  deregister: (_arn: string, id: string) => {
    health[id] = 'draining';
    region.schedule(60_000, 'elasticloadbalancing', 'unused', { id });
  },
  health: (_arn: string, id: string) => health[id] ?? 'unused',
  due: (kind: TargetState, { id }: { id: string }) => {
    if (kind !== 'unused' && health[id] === 'draining') return;
    health[id] = kind;
    autoScaling.targetHealthChanged(targetGroup, id, kind);
  },
});

const cloudWatch = ({ alarms }: Parts) => ({
  state: {},
  actions: {
    PutMetricAlarm: {
      requires: () => [],
      run: ({ AlarmName }: { AlarmName: string }) => void (alarms[AlarmName] = 'OK'),
    },
    DeleteAlarms: {
      requires: () => [],
      run: ({ AlarmNames }: { AlarmNames: string[] }) => AlarmNames.forEach((name) => delete alarms[name]),
    },
  },
  alarm: (name: string) => (alarms[name] === undefined ? undefined : { stateValue: alarms[name] }),
  due: () => undefined,
});

const serving = (group: Group): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { lifecycle, template } of Object.values(group.instances)) {
    const version = template?.version ?? 'none';
    if (lifecycle === 'InService') counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
};

const refreshEvent = 'EC2 Auto Scaling Instance Refresh ';

const defaults = (size: number): GroupSeed => ({
  name: 'web',
  minSize: 1,
  maxSize: size * 2,
  desired: size,
  zones,
  launchTemplate: { template: 'web', version: '1' },
  targetGroupArns: [targetGroup],
  healthCheckType: 'ELB',
  gracePeriodSeconds: 60,
  defaultWarmupSeconds: 20,
});

/** Boot 30 s, healthy 10 s after registration, draining 60 s, termination 40 s. */
export const makeWorld = (size: number, seed: Partial<GroupSeed> = {}): World => {
  const region = makeFakeRegion();
  const autoScaling = region.add('autoscaling', makeAutoScaling(region));
  const parts: Parts = {
    region,
    autoScaling,
    instances: {},
    health: {},
    alarms: {},
    broken: new Set(),
    fullZones: new Set(),
  };
  region.add('ec2', ec2(parts));
  region.add('elasticloadbalancing', loadBalancing(parts));
  region.add('cloudwatch', cloudWatch(parts));
  const group = addGroup(region, { ...defaults(size), ...seed });
  for (let index = 0; index < size; index += 1) {
    const { id } = addInstance(parts, zones[index % zones.length] ?? '', '1', 'running');
    parts.health[id] = 'healthy';
    addInService(region, 'web', id);
  }
  return Object.assign(parts, {
    group,
    send: <Output>(action: string, input: object = {}) =>
      region.send<Output>('autoscaling', action, { AutoScalingGroupName: 'web', ...input }),
    versions: () => serving(group),
    eventNames: () =>
      region.events
        .filter(({ detailType }) => detailType.startsWith(refreshEvent))
        .map(({ detailType }) => detailType.slice(refreshEvent.length)),
  });
};

export const refusal = async (call: Promise<unknown>): Promise<{ code: string; message: string }> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The call was not refused.');
};

export const minutes = (count: number) => count * 60_000;
