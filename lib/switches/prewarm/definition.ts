import { defineSwitch } from '../base/definition';
import { instant } from '../base/instant';
import type { SwitchItem } from '../base/item';
import { number, numbersOrNull, optional, text, texts, yes } from '../base/payload';
import type { SwitchTools } from '../base/tools';

export interface PrewarmMade {
  /** Name of the Auto Scaling group. */
  readonly group: string;
  /** Instances at least. */
  readonly capacity: number;
  /** Epoch milliseconds: when the capacity is launched, and when the minimum goes back. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** What the group's minimum goes back to. */
  readonly formerMinimum: number;
  /** LCU to reserve of each load balancer; 0 for none. */
  readonly units: number;
  /** ARNs of the load balancers, where capacity is reserved. */
  readonly balancers?: readonly string[];
  /** Epoch milliseconds: when load balancer capacity is asked for. */
  readonly reserveAt?: number;
  /** LCU that were reserved before, by load balancer; null where none were. */
  readonly formerUnits?: Readonly<Record<string, number | null>>;
  /** Somebody was notified that capacity could not be reserved. */
  readonly toldShort?: true;
}
export type PrewarmItem = SwitchItem<'prewarm', PrewarmMade>;

/** Instances and load balancer capacity that are there before a spike. */
export const prewarmSwitch = defineSwitch<'prewarm', PrewarmMade>({
  kind: 'prewarm',
  called: 'the warm-up',
  sign: 'fire',
  made: {
    group: text,
    capacity: number,
    startsAt: number,
    endsAt: number,
    formerMinimum: number,
    units: number,
    balancers: optional(texts),
    reserveAt: optional(number),
    formerUnits: optional(numbersOrNull),
    toldShort: optional(yes),
  },
  name: ({ application, made: { capacity, startsAt, endsAt } }) =>
    `${application}: ${String(capacity)} instances from ${instant(startsAt)} to ${instant(endsAt)}`,
  summary: ({ capacity, startsAt }, showTime) => `${String(capacity)} instances from ${showTime(startsAt)}`,
  shownEnd: ({ endsAt }) => endsAt,
  reserveAt: ({ reserveAt }) => reserveAt,
  offCommand: ({ application }) => `forseti prewarm ${application} --cancel`,
});

export type PrewarmTools = SwitchTools<'prewarm', PrewarmMade>;
