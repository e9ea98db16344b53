import type {
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput,
  ModifyCapacityReservationInput,
  ModifyCapacityReservationOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action, Region } from '../../core/service';
import { capacityOf, decreasesLeft, reserve } from '../capacity';
import { requireLoadBalancer, validationError } from '../errors';
import { onEverything, onResource } from '../requirements';
import type { LoadBalancer } from '../state';

const output = (region: Region, balancer: LoadBalancer): DescribeCapacityReservationOutput => {
  const { units, state, modifiedAt } = capacityOf(balancer);
  const zones = balancer.zones ?? [{ zone: `${region.name}a` }];
  return {
    DecreaseRequestsRemaining: decreasesLeft(balancer, region.now()),
    ...(modifiedAt > 0 && { LastModifiedTime: new Date(modifiedAt) }),
    ...(units !== undefined && {
      MinimumLoadBalancerCapacity: { CapacityUnits: units },
      CapacityReservationState: zones.map(({ zone }) => ({
        AvailabilityZone: zone,
        State: { Code: state },
        EffectiveCapacityUnits: state === 'provisioned' ? units / zones.length : 0,
      })),
    }),
  };
};

export const modifyCapacityReservation: Action<
  ModifyCapacityReservationInput,
  ModifyCapacityReservationOutput
> = {
  requires(input, region) {
    const arn = input.LoadBalancerArn ?? '*';
    const { loadBalancers } = region.service('elasticloadbalancing').state;
    return [onResource('ModifyCapacityReservation', arn, loadBalancers[arn]?.tags)];
  },
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const balancer = requireLoadBalancer(state, input.LoadBalancerArn);
    const units = input.MinimumLoadBalancerCapacity?.CapacityUnits;
    const reset = input.ResetCapacityReservation === true;
    if ((units === undefined) !== reset)
      throw validationError('Specify either MinimumLoadBalancerCapacity or ResetCapacityReservation');
    reserve(region, state, balancer, units);
    return output(region, balancer);
  },
};

export const describeCapacityReservation: Action<
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput
> = {
  requires: onEverything('DescribeCapacityReservation'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    return output(region, requireLoadBalancer(state, input.LoadBalancerArn));
  },
};
