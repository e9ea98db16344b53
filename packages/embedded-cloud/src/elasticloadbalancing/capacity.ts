/** Reserved load balancer capacity (User Guide, "Capacity reservations for your Application Load Balancer"). */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { validationError } from './errors';
import type { CapacityReservation, ElasticLoadBalancingState, LoadBalancer } from './state';

export interface CapacityDue {
  readonly arn: string;
  readonly modifiedAt: number;
}

const dayMs = 24 * 3_600_000;
/** "Most requests are typically fulfilled within a few minutes." */
const provisionMs = 4 * 60_000;
const minUnits = 100;
const decreasesPerDay = 2;
/** The names of these quotas in Service Quotas. */
const perBalancer = 'Reserved Application Load Balancer Capacity Units (LCUs) per Application Load Balancer';
const perRegion = 'Reserved Application Load Balancer Capacity Units (LCU) per Region';

const none: CapacityReservation = { units: undefined, state: 'provisioned', modifiedAt: 0, decreasedAt: [] };

export const capacityOf = (balancer: LoadBalancer): CapacityReservation => balancer.capacity ?? none;

const quota = (region: Region, name: string): number =>
  Object.values(region.service('servicequotas').state.quotas).find((one) => one.name === name)?.value ?? 0;

/** @throws AwsError CapacityUnitsLimitExceeded, ValidationError */
const checkUnits = (
  region: Region,
  state: ElasticLoadBalancingState,
  balancer: LoadBalancer,
  units: number,
): void => {
  if (units < minUnits)
    throw validationError(`The minimum load balancer capacity must be at least ${String(minUnits)} LCUs`);
  const others = Object.values(state.loadBalancers)
    .filter(({ arn }) => arn !== balancer.arn)
    .reduce((sum, other) => sum + (capacityOf(other).units ?? 0), 0);
  if (units > quota(region, perBalancer) || others + units > quota(region, perRegion))
    throw new AwsError(
      'CapacityUnitsLimitExceeded',
      'The requested capacity units exceed the limit of the account',
    );
};

export const decreasesLeft = (balancer: LoadBalancer, now: number): number =>
  decreasesPerDay - capacityOf(balancer).decreasedAt.filter((at) => at > now - dayMs).length;

/**
 * @param units undefined to reset
 * @throws AwsError CapacityReservationPending, CapacityDecreaseRequestLimitExceeded, CapacityUnitsLimitExceeded
 */
export const reserve = (
  region: Region,
  state: ElasticLoadBalancingState,
  balancer: LoadBalancer,
  units: number | undefined,
): void => {
  const before = capacityOf(balancer);
  const now = region.now();
  if (before.state === 'pending')
    throw new AwsError('CapacityReservationPending', 'There is a pending capacity reservation.');
  if (units !== undefined) checkUnits(region, state, balancer, units);
  const lower = (units ?? 0) < (before.units ?? 0);
  if (lower && decreasesLeft(balancer, now) === 0)
    throw new AwsError(
      'CapacityDecreaseRequestLimitExceeded',
      "You've exceeded the daily capacity decrease limit for this reservation.",
    );
  balancer.capacity = {
    units,
    state: units === undefined ? 'provisioned' : 'pending',
    modifiedAt: now,
    decreasedAt: [...before.decreasedAt.filter((at) => at > now - dayMs), ...(lower ? [now] : [])],
  };
  if (units !== undefined)
    region.schedule(provisionMs, 'elasticloadbalancing', 'capacity', { arn: balancer.arn, modifiedAt: now });
};

export const provisioned = (state: ElasticLoadBalancingState, { arn, modifiedAt }: CapacityDue): void => {
  const balancer = state.loadBalancers[arn];
  if (balancer?.capacity?.modifiedAt === modifiedAt)
    balancer.capacity = { ...balancer.capacity, state: 'provisioned' };
};
