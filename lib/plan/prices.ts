/** Dollars a unit. */
export interface Prices {
  readonly stateTransition: number;
  readonly lambdaRequest: number;
  readonly lambdaGbSecond: number;
  /** On demand, per vCPU and hour; an instance type's own price is its multiple of this, near enough for an estimate. */
  readonly vcpuHour: number;
  readonly imageGbMonth: number;
}

/** Region of the prices, and when they were looked up. */
export const pricesOf = 'list prices of Europe (Ireland), on demand, without free tiers, November 2026';

/**
 * - aws.amazon.com/step-functions/pricing: 0.025 dollars per 1,000 transitions of standard workflows
 * - aws.amazon.com/lambda/pricing: 0.20 dollars per million requests, 0.0000133334 per GB-second on arm64
 * - aws.amazon.com/ec2/pricing/on-demand: m5.large with two vCPUs costs 0.107 dollars an hour
 * - aws.amazon.com/ebs/pricing: snapshots in the standard tier, 0.05 dollars per GB-month
 */
export const listPrices: Prices = {
  stateTransition: 0.000_025,
  lambdaRequest: 0.000_000_2,
  lambdaGbSecond: 0.000_013_333_4,
  vcpuHour: 0.0535,
  imageGbMonth: 0.05,
};

export const priceNames = Object.keys(listPrices) as (keyof Prices)[];
