import * as z from 'zod';
import { application, by, reason } from '../base/requests';
import { minUnits } from './checks';

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const prewarmSchema = z.strictObject({
  application,
  capacity: z.number().int().min(1).max(10_000),
  /** When the capacity is to be launched, with a zone: `2026-12-01T08:30:00Z`. */
  at: time,
  until: time,
  /** Load balancer capacity units to reserve of each load balancer; 0 for none. */
  lcu: z.number().int().min(0).max(100_000).default(minUnits),
  /** Also if the account could not give it now. */
  force: z.boolean().optional(),
  reason: reason.optional(),
  by,
});

export type PrewarmRequest = z.output<typeof prewarmSchema>;

/** Requests for capacity "can take up to a few hours". */
const leadMs = 3 * 3_600_000;

/** When load balancer capacity is asked for; epoch milliseconds. */
export const reserveFrom = (startsAt: number, now: number): number => Math.max(now, startsAt - leadMs);

/** AWS itself lowers the minimum at the end; we look shortly after. */
export const lookAfterMs = 2 * 60_000;
