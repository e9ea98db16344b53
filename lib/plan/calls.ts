import type { ApplicationSettings } from '../application/schema';
import { imageFrom } from '../engine/imageFrom';
import type { DeploymentRecord } from '../engine/record';
import type { Group } from '../fleet/group';
import { toSuspend } from '../fleet/processes';
import { concurrency } from '../provisioning/concurrency';
import { surgeSize } from '../rollout/arithmetic';
import type { ScalingChange } from '../scaling/diff';

/** A call that changes the fleet or what belongs to it, and how often a deployment that goes well makes it. */
export interface PlannedCall {
  readonly service: 'ec2' | 'autoscaling' | 'ssm' | 'cloudwatch';
  readonly action: string;
  readonly count: number;
  /** Depends on how quickly instances come and go. */
  readonly about?: true;
}

export interface CallsSubject {
  readonly record: Pick<DeploymentRecord, 'strategy' | 'rollout' | 'image' | 'settings'>;
  readonly group: Pick<Group, 'suspended' | 'desired' | 'min' | 'max'>;
  /** How many are in service. */
  readonly instances: number;
  readonly scaling: readonly ScalingChange[];
  /** The region of the fleet, in which no copy of the image is made. */
  readonly region: string;
}

type Calls = readonly PlannedCall[];

const call = (service: PlannedCall['service'], action: string, count = 1): Calls =>
  count > 0 ? [{ service, action, count }] : [];

/** Tags are written in effects of so many instances each (lib/provisioning/instanceTags.ts). */
const maxPerEffect = 500;

/**
 * The first instance is tagged otherwise than the rest, and each batch again as the command begins on it; at the end all
 * are tagged alike.
 */
const provision = (instances: number, { maxConcurrency }: ApplicationSettings['provisioning']): Calls => {
  const batches = Math.ceil(instances / maxPerEffect);
  const rest = instances - 1;
  const begun = 1 + (rest > 0 ? Math.ceil(rest / concurrency(maxConcurrency, rest)) : 0);
  return [
    { service: 'ec2', action: 'CreateTags', count: 2 * batches + (rest > 0 ? 1 : 0) + begun, about: true },
    ...call('ssm', 'SendCommand', instances > 1 ? 2 : 1),
  ];
};

const lowersMinimum = ({ desired, min }: CallsSubject['group']): boolean => desired <= min && min > 0;

const takeOut = ({ group, record }: CallsSubject): Calls => [
  ...call('autoscaling', 'UpdateAutoScalingGroup', lowersMinimum(group) ? 1 : 0),
  ...call('autoscaling', 'EnterStandby'),
  ...call('ssm', 'SendCommand', record.settings.image.seal ? 1 : 0),
];

/** What was sealed is opened again; `Launch` is resumed, without which nothing returns from standby. */
const putBack = ({ group, record }: CallsSubject): Calls => [
  ...call('ssm', 'SendCommand', record.settings.image.seal ? 1 : 0),
  ...call('autoscaling', 'ResumeProcesses', imageFrom(record) === 'running' ? 0 : 1),
  ...call('autoscaling', 'ExitStandby'),
  ...call('autoscaling', 'UpdateAutoScalingGroup', lowersMinimum(group) ? 1 : 0),
];

/** Copies in other regions are made afterwards, beside the machine. */
const bake = ({ record }: CallsSubject): Calls => [
  ...call('ssm', 'SendCommand', imageFrom(record) === 'builder' && record.settings.image.seal ? 1 : 0),
  ...call('ec2', 'CreateImage'),
];

const scalingCalls = (changes: readonly ScalingChange[]): Calls => {
  const counted = (kind: ScalingChange['kind'], removed: boolean): number =>
    changes.filter((change) => change.kind === kind && (change.change === 'remove') === removed).length;
  return [
    ...call('autoscaling', 'PutScalingPolicy', counted('scaling-policy', false)),
    ...call('cloudwatch', 'PutMetricAlarm', counted('alarm', false)),
    ...call('cloudwatch', 'DeleteAlarms', counted('alarm', true)),
    ...call('autoscaling', 'DeletePolicy', counted('scaling-policy', true)),
  ];
};

const surge = ({ group, record }: CallsSubject): Calls => {
  const { desired, max, suspended } = group;
  const added = surgeSize(desired, record.settings.rollout.maxHealthyPercentage);
  const rebalances = suspended.includes('AZRebalance') ? 0 : 1;
  return [
    ...call('autoscaling', 'SuspendProcesses', rebalances),
    // The launch template version; and the maximum, where the surge needs more, there and back.
    ...call('autoscaling', 'UpdateAutoScalingGroup', desired + added > max ? 3 : 1),
    ...call('autoscaling', 'SetDesiredCapacity'),
    { service: 'autoscaling', action: 'SetInstanceProtection', count: desired + 1, about: true },
    ...call('autoscaling', 'TerminateInstanceInAutoScalingGroup', desired),
    ...call('autoscaling', 'ResumeProcesses', rebalances),
  ];
};

const rollout = (subject: CallsSubject): Calls => {
  switch (subject.record.rollout) {
    case 'instance-refresh':
      return call('autoscaling', 'StartInstanceRefresh');
    case 'surge':
      return surge(subject);
    case 'none':
      // A fleet that was provisioned in place got it when its scaling was resumed.
      return call('autoscaling', 'UpdateAutoScalingGroup', imageFrom(subject.record) === 'fleet' ? 0 : 1);
  }
};

/**
 * The mutating calls of one state, if all goes well. What Forseti writes in its own tables and queues is not among them:
 * it touches no fleet.
 */
export const callsOf = (state: string, subject: CallsSubject): Calls => {
  switch (state) {
    case 'Suspend':
      return call('autoscaling', 'SuspendProcesses', toSuspend(subject.group.suspended).length > 0 ? 1 : 0);
    case 'LaunchBuilder':
      return call('ec2', 'RunInstances');
    case 'Provision':
      return provision(
        imageFrom(subject.record) === 'builder' ? 1 : subject.instances,
        subject.record.settings.provisioning,
      );
    case 'TakeOut':
      return takeOut(subject);
    case 'BakeImage':
      return bake(subject);
    case 'PutBack':
      return putBack(subject);
    case 'TerminateBuilder':
      return call('ec2', 'TerminateInstances');
    case 'SwapLaunchTemplate':
      return call('ec2', 'CreateLaunchTemplateVersion');
    case 'VerifyImage':
      return [...call('ec2', 'RunInstances'), ...call('ec2', 'TerminateInstances')];
    case 'SetScaling':
      return scalingCalls(subject.scaling);
    case 'Resume':
      return [
        ...call('autoscaling', 'UpdateAutoScalingGroup', subject.record.rollout === 'none' ? 1 : 0),
        ...call('autoscaling', 'ResumeProcesses'),
      ];
    case 'Rollout':
      return rollout(subject);
    case 'RolloutRest':
      return call('autoscaling', 'StartInstanceRefresh');
    default:
      return [];
  }
};

/** On how many instances a state works, in words; nothing for states that work on none. */
export const instancesText = (
  state: string,
  subject: CallsSubject & { readonly atOnce: number },
): string | undefined => {
  const { record, instances, atOnce } = subject;
  const count = (number: number): string => `${String(number)} instance${number === 1 ? '' : 's'}`;
  const batches = Math.ceil((instances - 1) / atOnce);
  switch (state) {
    case 'Provision':
      if (imageFrom(record) === 'builder') return 'the builder';
      return instances < 2
        ? count(instances)
        : `${count(1)} first, then ${String(instances - 1)} in ${String(batches)} batch${batches === 1 ? '' : 'es'} of at most ${String(atOnce)}`;
    case 'TakeOut':
    case 'BakeImage':
    case 'PutBack':
      return imageFrom(record) === 'builder' ? 'the builder' : count(1);
    case 'Rollout':
    case 'RolloutRest':
      return rolloutText(state, record, count(instances));
    default:
      return undefined;
  }
};

const rolloutText = (
  state: string,
  { rollout: way, settings }: CallsSubject['record'],
  all: string,
): string => {
  const { approval, maxHealthyPercentage } = settings.rollout;
  if (way === 'none') return 'none: only instances launched from now on';
  if (way === 'surge') return `${all}, up to ${String(maxHealthyPercentage)} % of them at once`;
  if (!approval) return all;
  return state === 'Rollout' ? `${String(approval.percentage)} % of ${all}` : `the rest of ${all}`;
};
