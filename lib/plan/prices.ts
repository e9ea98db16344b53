/** Where and when the prices hold. */
export const pricesOf = 'list prices of Europe (Ireland), on demand, without free tiers, November 2026';

/**
 * What AWS asks for one of each, in dollars.
 * - aws.amazon.com/step-functions/pricing: 0.025 dollars per 1,000 transitions of standard workflows
 * - aws.amazon.com/lambda/pricing: 0.20 dollars per million requests; per GB-second by architecture
 * - aws.amazon.com/ec2/pricing/on-demand: m5.large, which has two vCPUs
 * - aws.amazon.com/ebs/pricing: snapshots in the standard tier
 * - aws.amazon.com/kms/pricing: a key of one's own, by the month
 * - aws.amazon.com/cloudwatch/pricing: an alarm on one metric and a dashboard by the month; a GB of logs taken in, and
 *   kept for three months
 * - aws.amazon.com/sqs/pricing: standard queues, a request of any kind
 * - aws.amazon.com/dynamodb/pricing/on-demand: a request of up to 4 KB and 1 KB
 */
export const dollarsPer = {
  stateTransition: 0.000_025,
  lambdaRequest: 0.000_000_2,
  lambdaGbSecondArm64: 0.000_013_333_4,
  lambdaGbSecondX86: 0.000_016_666_7,
  m5LargeHour: 0.107,
  snapshotGbMonth: 0.05,
  keyMonth: 1,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  logGb: 0.57 + 3 * 0.03,
  sqsRequest: 0.000_000_4,
  tableRead: 0.000_000_141_5,
  tableWrite: 0.000_000_706_5,
} as const;

/** The prices that an estimate goes by, dollars for one of each. The names are those of `forseti plan --price`. */
export interface Prices {
  readonly stateTransition: number;
  readonly lambdaRequest: number;
  readonly lambdaGbSecond: number;
  /** On demand, per vCPU and hour; an instance type's own price is its multiple of this, near enough for an estimate. */
  readonly vcpuHour: number;
  readonly imageGbMonth: number;
}

/** Forseti's functions run on arm64 (serverless.yml). */
export const listPrices: Prices = {
  stateTransition: dollarsPer.stateTransition,
  lambdaRequest: dollarsPer.lambdaRequest,
  lambdaGbSecond: dollarsPer.lambdaGbSecondArm64,
  vcpuHour: dollarsPer.m5LargeHour / 2,
  imageGbMonth: dollarsPer.snapshotGbMonth,
};

/** In the order of help. */
export const priceNames = [
  'stateTransition',
  'lambdaRequest',
  'lambdaGbSecond',
  'vcpuHour',
  'imageGbMonth',
] as const satisfies readonly (keyof Prices)[];
