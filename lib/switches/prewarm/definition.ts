import * as z from 'zod';
import { defineSwitch } from '../base/definition';
import { instant } from '../base/instant';
import type { SwitchItem } from '../base/item';
import type { SwitchTools } from '../base/tools';

const made = z
  .object({
    /** Name of the Auto Scaling group. */
    group: z.string(),
    /** Instances at least. */
    capacity: z.number(),
    /** Epoch milliseconds: when the capacity is launched, and when the minimum goes back. */
    startsAt: z.number(),
    endsAt: z.number(),
    /** What the group's minimum goes back to. */
    formerMinimum: z.number(),
    /** LCU to reserve of each load balancer; 0 for none. */
    units: z.number(),
    /** ARNs of the load balancers, where capacity is reserved. */
    balancers: z.array(z.string()).readonly().exactOptional(),
    /** Epoch milliseconds: when load balancer capacity is asked for. */
    reserveAt: z.number().exactOptional(),
    /** LCU that were reserved before, by load balancer; null where none were. */
    formerUnits: z.record(z.string(), z.number().nullable()).readonly().exactOptional(),
    /** Somebody was told that capacity could not be reserved. */
    toldShort: z.boolean().exactOptional(),
  })
  .readonly();

export type PrewarmMade = z.output<typeof made>;
export type PrewarmItem = SwitchItem<'prewarm', PrewarmMade>;

/** Instances and load balancer capacity that are there before a spike. */
export const prewarmSwitch = defineSwitch<'prewarm', PrewarmMade>({
  kind: 'prewarm',
  called: 'the warm-up',
  sign: 'fire',
  made,
  name: ({ application, made: { capacity, startsAt, endsAt } }) =>
    `${application}: ${String(capacity)} instances from ${instant(startsAt)} to ${instant(endsAt)}`,
  summary: ({ capacity, startsAt }, showTime) => `${String(capacity)} instances from ${showTime(startsAt)}`,
  shownEnd: ({ endsAt }) => endsAt,
  reserveAt: ({ reserveAt }) => reserveAt,
  offCommand: ({ application }) => `forseti prewarm ${application} --cancel`,
});

export type PrewarmTools = SwitchTools<'prewarm', PrewarmMade>;
