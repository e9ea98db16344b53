import type { PriceList } from './pricing';

const million = 1_000_000;

/** aws.amazon.com/dynamodb/pricing/on-demand, Ireland: dollars per million requests of up to 4 KB and 1 KB. */
const reads = { service: 'dynamodb', what: 'DynamoDB reads', unit: 'request' };
const writes = { service: 'dynamodb', what: 'DynamoDB writes', unit: 'request' };
const [readDollars, writeDollars] = [0.1415, 0.7065];

/**
 * List prices of Europe (Ireland), on demand, without free tiers, as on the services' pricing pages in November 2026.
 * Small charges such as data transfer and logs are left out.
 */
export const irelandPrices: PriceList = {
  meters: {
    // aws.amazon.com/step-functions/pricing: 0.025 dollars per 1,000 transitions of standard workflows.
    stateTransitions: { what: 'Step Functions state transitions', unit: 'transition', each: 25 / million },
    // aws.amazon.com/lambda/pricing: 0.20 dollars per million requests; 0.0000166667 per GB-second on x86.
    lambdaRequests: { what: 'Lambda requests', unit: 'request', each: 0.2 / million },
    lambdaGbSeconds: { what: 'Lambda duration', unit: 'GB-second', each: 0.000_016_666_7 },
    // aws.amazon.com/ec2/pricing/on-demand: m5.large in Ireland; the description's instance types differ little.
    instanceHours: { what: 'EC2 instances beyond those that were there', unit: 'hour', each: 0.107 },
    // aws.amazon.com/ebs/pricing: snapshots in the standard tier, 0.05 dollars per GB-month.
    imageGbMonths: { what: 'Image snapshots', unit: 'GB-month', each: 0.05 },
    // aws.amazon.com/eventbridge/pricing: custom events 1 dollar per million; AWS's own events are free.
    customEvents: { what: 'EventBridge custom events', unit: 'event', each: 1 / million },
  },
  calls: [
    // aws.amazon.com/sqs/pricing: standard queues, 0.40 dollars per million requests of any kind.
    { service: 'sqs', actions: /./, what: 'SQS requests', unit: 'request', each: 0.4 / million },
    // aws.amazon.com/sns/pricing: 0.50 dollars per million publishes.
    { service: 'sns', actions: /^Publish/, what: 'SNS publishes', unit: 'request', each: 0.5 / million },
    // A transaction counts twice.
    { ...reads, actions: /^Transact.*Get/, each: (2 * readDollars) / million },
    { ...writes, actions: /^Transact.*Write/, each: (2 * writeDollars) / million },
    { ...reads, actions: /Get|Query|Scan/, each: readDollars / million },
    { ...writes, actions: /Put|Update|Delete|Write/, each: writeDollars / million },
    // aws.amazon.com/cloudwatch/pricing: 0.01 dollars per 1,000 metric requests.
    {
      service: 'cloudwatch',
      actions: /^(GetMetricData|GetMetricStatistics|PutMetricData|ListMetrics)$/,
      what: 'CloudWatch metric requests',
      unit: 'request',
      each: 10 / million,
    },
  ],
};
