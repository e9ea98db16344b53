/**
 * What AWS charges for what has happened: list prices of Europe (Ireland), on demand, without free tiers, as the
 * services' pricing pages had them in November 2026. Small change such as data transfer and logs is left out.
 */
export interface CostItem {
  readonly what: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollars: number;
}

export interface Cost {
  readonly dollars: number;
  readonly items: readonly CostItem[];
}

/** What services count with `region.meter`; each has its price. */
interface Price {
  readonly what: string;
  readonly unit: string;
  /** Dollars a unit. */
  readonly each: number;
}

const million = 1_000_000;

const meterPrices: Readonly<Record<string, Price>> = {
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
};

/** Calls that are charged: by service and action, what one costs. */
const callPrices: Readonly<Record<string, (action: string) => Price | undefined>> = {
  // aws.amazon.com/sqs/pricing: standard queues, 0.40 dollars per million requests of any kind.
  sqs: () => ({ what: 'SQS requests', unit: 'request', each: 0.4 / million }),
  // aws.amazon.com/sns/pricing: 0.50 dollars per million publishes.
  sns: (action) =>
    action.startsWith('Publish')
      ? { what: 'SNS publishes', unit: 'request', each: 0.5 / million }
      : undefined,
  // aws.amazon.com/dynamodb/pricing/on-demand, Ireland: 0.7065 dollars per million writes, 0.1415 per million reads,
  // of up to 1 KB and 4 KB, which our items keep within; a transaction counts twice.
  dynamodb: (action) => {
    const factor = action.startsWith('Transact') ? 2 : 1;
    if (/Get|Query|Scan/.test(action))
      return { what: 'DynamoDB reads', unit: 'request', each: (factor * 0.1415) / million };
    return /Put|Update|Delete|Write/.test(action)
      ? { what: 'DynamoDB writes', unit: 'request', each: (factor * 0.7065) / million }
      : undefined;
  },
  // aws.amazon.com/cloudwatch/pricing: 0.01 dollars per 1,000 metric requests.
  cloudwatch: (action) =>
    /^(GetMetricData|GetMetricStatistics|PutMetricData|ListMetrics)$/.test(action)
      ? { what: 'CloudWatch metric requests', unit: 'request', each: 10 / million }
      : undefined,
};

/** Adds up what calls and meters cost. Other API calls (EC2, Auto Scaling, SSM, load balancing) are free. */
export const price = (used: {
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly meters: Readonly<Record<string, number>>;
}): Cost => {
  const items = new Map<string, CostItem>();
  const add = (found: Price | undefined, quantity: number) => {
    if (!found || quantity === 0) return;
    const before = items.get(found.what);
    items.set(found.what, {
      what: found.what,
      unit: found.unit,
      quantity: (before?.quantity ?? 0) + quantity,
      dollars: (before?.dollars ?? 0) + quantity * found.each,
    });
  };
  for (const [name, quantity] of Object.entries(used.meters)) add(meterPrices[name], quantity);
  for (const [service, actions] of Object.entries(used.counters))
    for (const [action, count] of Object.entries(actions)) add(callPrices[service]?.(action), count);
  const list = [...items.values()];
  return { dollars: list.reduce((sum, item) => sum + item.dollars, 0), items: list };
};
