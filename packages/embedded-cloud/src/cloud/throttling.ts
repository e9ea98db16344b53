/**
 * Request throttling by token buckets, one per region, account and class of actions. A bucket begins full, loses one
 * token per call and is refilled steadily up to its size.
 */
export interface Limit {
  readonly size: number;
  readonly refillPerSecond: number;
}

/** Plain JSON: part of the cloud's state. */
export interface Bucket {
  tokens: number;
  /** Epoch milliseconds of the last refill. */
  at: number;
}

/** Takes a token. @returns whether there was one */
export const take = (bucket: Bucket, limit: Limit, now: number): boolean => {
  bucket.tokens = Math.min(limit.size, bucket.tokens + ((now - bucket.at) / 1000) * limit.refillPerSecond);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
};

export interface Class {
  readonly name: string;
  readonly limit: Limit;
}

const make = (name: string, size: number, refillPerSecond: number): Class => ({
  name,
  limit: { size, refillPerSecond },
});

/** Describe calls that list everything: no ids, no filters, no page size. */
const unfiltered = (input: unknown): boolean => {
  const given = (input ?? {}) as Record<string, unknown>;
  return !Object.entries(given).some(
    ([name, value]) =>
      (name === 'Filters' || name === 'MaxResults' || name === 'NextToken' || name.endsWith('Ids')) &&
      value !== undefined &&
      !(Array.isArray(value) && value.length === 0),
  );
};

const listing = new Set(['DescribeInstances', 'DescribeInstanceStatus', 'DescribeSnapshots']);
const ec2Describe = make('Describe', 100, 20);
const ec2Mutation = make('Mutate', 50, 5);
const ec2Unfiltered = make('DescribeUnfiltered', 50, 10);
const ec2Own: Readonly<Record<string, Class>> = {
  CopyImage: make('CopyImage', 100, 1),
  CreateLaunchTemplateVersion: make('CreateLaunchTemplateVersion', 100, 5),
};

/** Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API". */
const ec2 = (action: string, input: unknown): Class => {
  const own = ec2Own[action];
  if (own) return own;
  if (listing.has(action) && unfiltered(input)) return ec2Unfiltered;
  return /^(Describe|Get|List|Search)/.test(action) ? ec2Describe : ec2Mutation;
};

const table =
  (
    own: Readonly<Record<string, readonly [size: number, refillPerSecond: number]>>,
    rest: readonly [number, number],
  ) =>
  (action: string): Class => {
    const found = own[action];
    return found ? make(action, ...found) : make('rest', ...rest);
  };

/**
 * The other services. Where AWS publishes a rate without a burst, the burst is that rate for one second.
 * - Step Functions: Developer Guide, "Service quotas", API action throttling (a region of the larger class).
 * - CloudTrail: API Reference, LookupEvents: two a second.
 * - CloudWatch: User Guide, "CloudWatch service quotas".
 * - Lambda: Developer Guide, "Lambda quotas": 15 control plane requests a second, 100 for GetFunction; Invoke is
 *   bounded by concurrency instead (see src/lambda/pool.ts).
 * - Systems Manager: General Reference, "Parameter Store" 40 a second; Run Command's rate is not published.
 * - EventBridge: User Guide, "EventBridge quotas" (PutEvents in Ireland), others 50 a second.
 * - SNS: General Reference (Publish in Ireland 9,000 a second; topic management 10).
 * - Auto Scaling, load balancing, Service Quotas and STS publish no rates: the numbers are EC2's classes halved,
 *   on the careful side of what users report; SQS and DynamoDB on demand take thousands a second and are not held back.
 */
const rest: Readonly<Record<string, (action: string, input: unknown) => Class | undefined>> = {
  ec2,
  states: table(
    {
      StartExecution: [1300, 300],
      StopExecution: [1000, 200],
      DescribeExecution: [300, 15],
      ListExecutions: [200, 5],
      GetExecutionHistory: [400, 20],
      RedriveExecution: [1300, 300],
      SendTaskSuccess: [3000, 500],
      SendTaskFailure: [3000, 500],
      SendTaskHeartbeat: [3000, 500],
    },
    [100, 5],
  ),
  cloudtrail: () => make('LookupEvents', 2, 2),
  cloudwatch: table({ DescribeAlarms: [9, 9], PutMetricData: [500, 500], GetMetricData: [50, 50] }, [3, 3]),
  lambda: (action) =>
    action === 'Invoke'
      ? undefined
      : action === 'GetFunction'
        ? make(action, 100, 100)
        : make('control', 15, 15),
  ssm: table({ GetParameter: [40, 40], GetParameters: [40, 40], GetParametersByPath: [40, 40] }, [50, 20]),
  events: table({ PutEvents: [10_000, 10_000] }, [50, 50]),
  sns: table({ Publish: [9000, 9000] }, [10, 10]),
  autoscaling: (action) => (/^Describe/.test(action) ? make('Describe', 100, 10) : make('Mutate', 50, 5)),
  elasticloadbalancing: (action) =>
    /^Describe/.test(action) ? make('Describe', 100, 10) : make('Mutate', 50, 5),
  servicequotas: () => make('all', 50, 10),
  sts: () => make('all', 600, 600),
};

/** The bucket that a call takes its token from; undefined if the service is not throttled. */
export const classOf = (service: string, action: string, input: unknown): Class | undefined =>
  rest[service]?.(action, input);
