/** What a description lets go wrong. */
import * as z from 'zod';
import { count, duration, regionName, zone } from './parts';

/** Checks of a group's instances that fail. */
export const unhealthy = z.strictObject({
  by: z.enum(['target', 'status']).default('target').describe('Which checks fail.'),
  version: z.string().optional().describe('On instances that run this version; on all unless set.'),
  after: duration.default('0s').describe('So long after the version runs on the instance.'),
  from: duration.optional().describe('Not before, from the start of the cloud.'),
  until: duration.optional().describe('Well again then, from the start of the cloud; never unless set.'),
  reason: z
    .enum(['Target.FailedHealthChecks', 'Target.Timeout', 'Target.ResponseCodeMismatch', 'Elb.InternalError'])
    .default('Target.FailedHealthChecks')
    .describe('Of failing target health.'),
  description: z.string().max(255).optional().describe("AWS's own words for the reason unless set."),
  check: z.enum(['instance', 'system']).default('instance').describe('Which status check fails.'),
});

/** How many instances more can be had. */
export const capacity = z.strictObject({
  region: regionName.optional(),
  zone: zone.optional(),
  instanceType: z.string().optional(),
  remaining: count(10_000).describe('How many instances more can be had.'),
  from: duration.optional().describe('From the start of the cloud; always unless set.'),
  until: duration.optional().describe('From the start of the cloud; always unless set.'),
});

/** IAM's prefixes of the services that can be down or throttled. */
const service = z.enum([
  'autoscaling',
  'cloudtrail',
  'cloudwatch',
  'dynamodb',
  'ec2',
  'elasticloadbalancing',
  'events',
  'lambda',
  'servicequotas',
  'sns',
  'sqs',
  'ssm',
  'states',
  'sts',
]);

/** A service, or a whole region, that is down. */
export const outage = z.strictObject({
  region: regionName.optional().describe('The first region unless set.'),
  services: z.array(service).min(1).optional().describe('All services of the region unless set.'),
  from: duration.describe('From the start of the cloud.'),
  until: duration.describe('From the start of the cloud.'),
  manner: z.enum(['refuse', 'silent']).default('refuse').describe('Calls are answered with 503, or never.'),
});

/** Others in the account who call the same APIs. */
export const throttling = z.strictObject({
  region: regionName.optional().describe('The first region unless set.'),
  service,
  action: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]*$/, 'expected an action such as DescribeInstances')
    .optional()
    .describe('All actions of the service unless set.'),
  share: z.number().gt(0).max(1).describe('Of the rate that others use: of 1 nothing is left.'),
  from: duration.describe('From the start of the cloud.'),
  until: duration.describe('From the start of the cloud.'),
});
