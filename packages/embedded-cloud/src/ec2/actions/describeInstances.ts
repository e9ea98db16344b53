import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  Reservation,
} from '@aws-sdk/client-ec2';
import type { Action } from '../../core/service';
import { invalidParameterCombination, refuseDryRun, requireAll } from '../errors';
import { filterOf, type Fields } from '../filters';
import { stateCodes } from '../lifecycle';
import { instanceOutput, statusOutput } from '../outputs';
import { pageOf } from '../paging';
import { onEverything } from '../resources';
import type { Ec2State, Instance } from '../state';

const fields: Fields<Instance> = {
  'instance-id': ({ id }) => id,
  'image-id': ({ imageId }) => imageId,
  'instance-state-name': ({ state }) => state,
  'instance-state-code': ({ state }) => String(stateCodes[state]),
  'instance-type': ({ instanceType }) => instanceType,
  'instance-lifecycle': ({ lifecycle }) => lifecycle,
  'availability-zone': ({ zone }) => zone,
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
  'private-ip-address': ({ privateIp }) => privateIp,
  'reservation-id': ({ reservationId }) => reservationId,
  'client-token': ({ clientToken }) => clientToken,
  'key-name': ({ keyName }) => keyName,
  architecture: ({ architecture }) => architecture,
  'instance.group-id': ({ securityGroupIds }) => securityGroupIds,
  'iam-instance-profile.arn': ({ iamInstanceProfile }) => iamInstanceProfile,
};

const statusFields: Fields<Instance> = {
  'availability-zone': ({ zone }) => zone,
  'instance-state-name': ({ state }) => state,
  'instance-state-code': ({ state }) => String(stateCodes[state]),
  'event.code': ({ maintenanceEvents }) => maintenanceEvents.map(({ code }) => code),
  'event.instance-event-id': ({ maintenanceEvents }) => maintenanceEvents.map(({ id }) => id),
};

interface Asked {
  readonly InstanceIds?: string[] | undefined;
  readonly MaxResults?: number | undefined;
}

const asked = (state: Ec2State, { InstanceIds: ids = [], MaxResults }: Asked): Instance[] => {
  if (ids.length === 0) return Object.values(state.instances);
  if (MaxResults !== undefined) {
    throw invalidParameterCombination(
      'The parameter instancesSet cannot be used with the parameter maxResults',
    );
  }
  return requireAll('instance', state.instances, [...new Set(ids)]);
};

/** Groups the instances by reservation, in the order of their launch. */
const byReservation = (state: Ec2State, account: string, instances: readonly Instance[]): Reservation[] => {
  const reservations = new Map<string, Reservation & { Instances: object[] }>();
  for (const instance of instances) {
    const id = instance.reservationId;
    const found = reservations.get(id) ?? { ReservationId: id, OwnerId: account, Groups: [], Instances: [] };
    found.Instances.push(instanceOutput(state, instance));
    reservations.set(id, found);
  }
  return [...reservations.values()];
};

export const describeInstances: Action<DescribeInstancesRequest, DescribeInstancesResult> = {
  requires: onEverything('ec2:DescribeInstances'),
  run(input, region) {
    const { state } = region.service('ec2');
    const instances = asked(state, input).filter(filterOf(input.Filters, fields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(instances, input);
    return { Reservations: byReservation(state, region.account, items), NextToken: nextToken };
  },
};

/** Lists only running instances, unless `IncludeAllInstances` is set. */
export const describeInstanceStatus: Action<DescribeInstanceStatusRequest, DescribeInstanceStatusResult> = {
  requires: onEverything('ec2:DescribeInstanceStatus'),
  run(input, region) {
    const { state } = region.service('ec2');
    const instances = asked(state, input)
      .filter((instance) => input.IncludeAllInstances === true || instance.state === 'running')
      .filter(filterOf(input.Filters, statusFields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(instances, input);
    return {
      InstanceStatuses: items.map((instance) => statusOutput(instance, region.now())),
      NextToken: nextToken,
    };
  },
};
