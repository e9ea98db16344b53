/** What a description lets go wrong around the account: part of the cloud's state, unlike faults. Times in epoch milliseconds. */
import { outagesOf, type Faults, type OutagePlan } from '../core/faults';
import type { Limit } from './throttling';

/** Others in the account use so much of the rate that an API allows it. */
export interface ThrottlingPlan {
  readonly region: string;
  /** IAM's prefix. */
  readonly service: string;
  /** All actions of the service unless told. */
  readonly action?: string;
  /** Of the rate that others use, from 0 to 1; of 1 nothing is left. */
  readonly share: number;
  readonly from: number;
  readonly until: number;
}

export interface Troubles {
  readonly outages: readonly OutagePlan[];
  readonly throttling: readonly ThrottlingPlan[];
}

export interface CallAsked {
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly now: number;
}

/** The plan that leaves least for a call; undefined where nobody else is there. */
export const throttlingOf = (
  plans: readonly ThrottlingPlan[],
  { region, service, action, now }: CallAsked,
): ThrottlingPlan | undefined =>
  plans
    .filter(
      (plan) =>
        plan.region === region &&
        plan.service === service &&
        (plan.action ?? action) === action &&
        plan.from <= now &&
        now < plan.until,
    )
    .sort((a, b) => b.share - a.share)[0];

/** What others leave of a rate; one call at a time can be made unless they take it whole. */
export const leftOf = ({ size, refillPerSecond }: Limit, share: number): Limit =>
  share >= 1
    ? { size: 0, refillPerSecond: 0 }
    : { size: Math.max(1, size * (1 - share)), refillPerSecond: refillPerSecond * (1 - share) };

const withOutages = (faults: Faults, plans: readonly OutagePlan[]): Faults => {
  const planned = outagesOf(plans);
  return { ...faults, outage: (seen) => faults.outage?.(seen) ?? planned.outage(seen) };
};

/** A cloud's troubles beside its faults. */
export class Beset {
  /** Undefined where there are none. */
  troubles: Troubles | undefined;
  private joined: { readonly of: Faults; readonly faults: Faults } | undefined;

  with(troubles: Troubles): void {
    const count = troubles.outages.length + troubles.throttling.length;
    this.troubles = count === 0 ? undefined : troubles;
    this.joined = undefined;
  }

  /** Faults together with the outages of the description; those of the faults go first. */
  faults(own: Faults): Faults {
    const outages = this.troubles?.outages ?? [];
    if (outages.length === 0) return own;
    if (this.joined?.of !== own) this.joined = { of: own, faults: withOutages(own, outages) };
    return this.joined.faults;
  }
}
