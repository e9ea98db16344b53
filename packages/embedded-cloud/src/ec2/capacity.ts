/** How many instances can be launched: limited by the account's quota and by the capacity of each zone. */
import { AwsError } from '../core/errors';
import type { Region, Service } from '../core/service';
import type { CapacityLimit, Ec2State } from './state';
import { instanceTypes, standardVcpuQuota, type InstanceTypeFacts } from './instanceTypes';

interface Wanted {
  readonly least: number;
  readonly most: number;
}

interface Quotas {
  value?(service: string, code: string): number | undefined;
}

/** vCPUs of the pending and running on-demand instances, which count against the quota. */
export const vcpusInUse = (state: Ec2State): number => {
  let sum = 0;
  for (const instance of Object.values(state.instances)) {
    if (instance.lifecycle !== undefined) continue;
    if (instance.state !== 'pending' && instance.state !== 'running') continue;
    sum += instanceTypes.get(instance.instanceType)?.vcpus ?? 0;
  }
  return sum;
};

/** @throws AwsError VcpuLimitExceeded if the quota has room for fewer than `least` */
export const withinQuota = (
  region: Region,
  state: Ec2State,
  type: InstanceTypeFacts,
  { least, most }: Wanted,
): number => {
  const quotas = region.service('servicequotas') as (Service & Quotas) | undefined;
  const limit = quotas?.value?.('ec2', standardVcpuQuota);
  if (limit === undefined) return most;
  const room = Math.floor((limit - vcpusInUse(state)) / type.vcpus);
  if (room < least) {
    throw new AwsError(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance ` +
        'bucket that the specified instance type belongs to. Please visit ' +
        'http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.',
    );
  }
  return Math.min(room, most);
};

/** Where and when instances are wanted. */
interface Place {
  readonly zone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const applies = (limit: CapacityLimit, type: string, { zone, now }: Place): boolean =>
  (limit.zone ?? zone) === zone &&
  (limit.instanceType ?? type) === type &&
  (limit.from ?? now) <= now &&
  now < (limit.until ?? Infinity);

const remaining = (state: Ec2State, type: string, place: Place): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...state.capacityLimits.filter((limit) => applies(limit, type, place)).map((limit) => limit.remaining),
  );

/** @throws AwsError InsufficientInstanceCapacity if the zone has fewer than `least` left */
export const haveCapacity = (
  state: Ec2State,
  { name }: InstanceTypeFacts,
  place: Place,
  { least, most }: Wanted,
): number => {
  const { zone, now } = place;
  const room = remaining(state, name, place);
  if (room >= least) return Math.min(room, most);
  const zones = [...new Set(Object.values(state.subnets).map((subnet) => subnet.zone))];
  const others = zones.filter((other) => other !== zone && remaining(state, name, { zone: other, now }) > 0);
  const advice =
    others.length === 0
      ? 'Our system will be working on provisioning additional capacity.'
      : `Our system will be working on provisioning additional capacity. You can currently get ${name} capacity by ` +
        `not specifying an Availability Zone in your request or choosing ${others.join(', ')}.`;
  throw new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${name} capacity in the Availability Zone you requested (${zone}). ${advice}`,
    { statusCode: 500 },
  );
};

export const takeCapacity = (
  state: Ec2State,
  { name }: InstanceTypeFacts,
  place: Place,
  count: number,
): void => {
  for (const limit of state.capacityLimits) if (applies(limit, name, place)) limit.remaining -= count;
};

/** The smallest of the available numbers, but not less than `least`. */
export const fewest = (least: number, ...available: readonly number[]): number =>
  Math.max(least, Math.min(...available));
