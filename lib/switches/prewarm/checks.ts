import type { PreflightFacts } from '../../deployment/preflight/facts';
import { instant } from '../base/instant';
import { endAction, startAction } from './schedule';

/** What was found of the fleet and the account. Times are epoch milliseconds. */
export interface PrewarmFacts {
  readonly now: number;
  readonly group: {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly suspended: readonly string[];
    readonly operator: string | undefined;
  };
  /** Instances that are there or come by themselves. */
  readonly instances: number;
  /** Undefined for an instance family whose quota is not known. */
  readonly quota: PreflightFacts['quota'];
  /** In all of the group's subnets. */
  readonly freeAddresses: number;
  readonly scheduled: readonly { readonly name: string; readonly startsAt: number }[];
  /** The deployment that holds the fleet. */
  readonly deployment: string | undefined;
  readonly balancers: readonly string[];
  /** LCU; undefined where Service Quotas tells none. */
  readonly unitsPerBalancer: number | undefined;
  readonly unitsPerRegion: number | undefined;
}

export interface PrewarmWish {
  readonly capacity: number;
  readonly at: number;
  readonly until: number;
  /** LCU of each load balancer; 0 for none. */
  readonly units: number;
}

/** AWS takes no less (User Guide for Application Load Balancers, "Capacity reservations"). */
export const minUnits = 100;

/** A scheduled action needs to lie ahead, and instances need to boot. */
const minLeadMs = 2 * 60_000;
const minLengthMs = 10 * 60_000;
export const maxWarmUpMs = 30 * 24 * 3_600_000;
const furthestMs = 365 * 24 * 3_600_000;

const timeProblems = ({ at, until }: PrewarmWish, now: number): string[] => [
  ...(at < now + minLeadMs
    ? [
        `it would begin at ${instant(at)}; it is ${instant(now)} now, and two minutes have to lie between. To have it now, begin in five minutes`,
      ]
    : []),
  ...(at > now + furthestMs ? [`it would begin at ${instant(at)}, more than a year from now`] : []),
  ...(until < at + minLengthMs
    ? [`it would end at ${instant(until)}; it has to last ten minutes at least from ${instant(at)}`]
    : []),
  ...(until > at + maxWarmUpMs ? [`it would last more than 30 days, until ${instant(until)}`] : []),
];

const sizeProblems = ({ capacity }: PrewarmWish, { group }: PrewarmFacts): string[] => [
  ...(capacity > group.max
    ? [
        `${String(capacity)} instances are more than the maximum of ${group.name}, ${String(group.max)}; raise it first: aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${group.name} --max-size ${String(capacity)}`,
      ]
    : []),
  ...(capacity <= group.min
    ? [
        `the minimum of ${group.name} is ${String(group.min)} already; there is nothing to warm up for ${String(capacity)}`,
      ]
    : []),
];

const stateProblems = (wish: PrewarmWish, { group, scheduled, deployment }: PrewarmFacts): string[] => {
  // What is suspended just now is the deployment's.
  if (deployment !== undefined) return [`${deployment} is at work on the fleet; try again when it has ended`];
  const stopping = group.suspended.filter((process) => ['ScheduledActions', 'Launch'].includes(process));
  const others = scheduled.filter(
    ({ name, startsAt }) =>
      name !== startAction && name !== endAction && startsAt >= wish.at && startsAt <= wish.until,
  );
  return [
    ...(stopping.length > 0
      ? [
          `${stopping.join(' and ')} of ${group.name} is suspended, so that nothing would be launched; resume it first`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `other scheduled actions fall into this time: ${others.map(({ name, startsAt }) => `${name} at ${instant(startsAt)}`).join(', ')}`,
        ]
      : []),
    ...(group.operator === undefined
      ? []
      : [`${group.name} is held by ${group.operator}, which alone may change it`]),
  ];
};

/** What the account could not give now. That may change by the day. */
const shortages = (wish: PrewarmWish, facts: PrewarmFacts): string[] => {
  const extra = Math.max(0, wish.capacity - facts.instances);
  const { quota } = facts;
  const needed = extra * (quota?.vcpusPerInstance ?? 0);
  const free = quota ? quota.limitVcpus - quota.usedVcpus : Infinity;
  const total = wish.units * facts.balancers.length;
  return [
    ...(quota && needed > free
      ? [
          `${String(extra)} more instances need ${String(needed)} vCPUs; quota ${quota.code} allows ${String(quota.limitVcpus)}, and ${String(quota.usedVcpus)} are in use. Ask for ${String(quota.usedVcpus + needed)} in Service Quotas`,
        ]
      : []),
    ...(extra > facts.freeAddresses
      ? [
          `${String(extra)} more instances need as many addresses; the subnets of ${facts.group.name} have ${String(facts.freeAddresses)} free. Add a subnet`,
        ]
      : []),
    ...(wish.units > (facts.unitsPerBalancer ?? Infinity)
      ? [
          `${String(wish.units)} LCU are more than one load balancer may reserve, ${String(facts.unitsPerBalancer)}`,
        ]
      : []),
    ...(total > (facts.unitsPerRegion ?? Infinity)
      ? [
          `${String(total)} LCU are more than the region's quota for reserved ones, ${String(facts.unitsPerRegion)}. Ask for more in Service Quotas ("Reserved Application Load Balancer Capacity Units per Region"), or give --lcu 0`,
        ]
      : []),
  ];
};

/** What keeps a warm-up that is planned, or on, from having its capacity; its own raised minimum does not. */
export const standingProblems = (wish: PrewarmWish, facts: PrewarmFacts): readonly string[] => [
  ...sizeProblems(wish, { ...facts, group: { ...facts.group, min: 0 } }),
  // A deployment suspends processes for its own time, and resumes them.
  ...(facts.deployment === undefined ? stateProblems(wish, facts) : []),
];

/** @returns what is wrong, and what would not fit on the day, which may still be mended by then. */
export const prewarmProblems = (
  wish: PrewarmWish,
  facts: PrewarmFacts,
): { readonly wrong: readonly string[]; readonly short: readonly string[] } => ({
  wrong: [
    ...timeProblems(wish, facts.now),
    ...sizeProblems(wish, facts),
    ...stateProblems(wish, facts),
    ...(wish.units > 0 && wish.units < minUnits
      ? [
          `a load balancer reserves ${String(minUnits)} LCU at least; give --lcu ${String(minUnits)} or more, or 0 for none`,
        ]
      : []),
  ],
  short: shortages(wish, facts),
});
