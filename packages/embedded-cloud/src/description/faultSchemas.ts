/** What a description lets go wrong. */
import * as z from 'zod';
import { duration } from './parts';

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
