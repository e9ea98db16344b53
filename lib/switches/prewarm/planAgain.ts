import { instant } from '../base/instant';
import { maxWarmUpMs, type PrewarmFacts } from './checks';
import type { PrewarmItem, PrewarmMade } from './definition';
import { type PrewarmRequest, reserveFrom } from './request';
import { endAction, soonMs, startAction } from './schedule';

type Times = Pick<PrewarmRequest, 'capacity' | 'at' | 'until' | 'lcu'>;
type Joined = Pick<PrewarmMade, 'startsAt' | 'endsAt' | 'balancers' | 'reserveAt'>;

/** Load balancers that forward to the fleet by now and are not in the plan. */
const joining = ({ balancers = [], units }: PrewarmMade, facts: Pick<PrewarmFacts, 'balancers'>): string[] =>
  units === 0 ? [] : facts.balancers.filter((arn) => !balancers.includes(arn));

/**
 * A warm-up that is planned, with another request for the same capacity at an overlapping time: both times together, and
 * the load balancers that the fleet has now.
 * @returns what changes of the plan; undefined where the request is for another warm-up.
 */
export const joined = (
  made: PrewarmMade,
  asked: Times,
  facts: Pick<PrewarmFacts, 'now' | 'balancers'>,
): Joined | undefined => {
  const { now } = facts;
  const overlaps = asked.at <= made.endsAt && asked.until >= made.startsAt && asked.at < asked.until;
  if (made.capacity !== asked.capacity || made.units !== asked.lcu || !overlaps) return undefined;
  const startsAt =
    made.startsAt <= now ? made.startsAt : Math.min(made.startsAt, Math.max(asked.at, now + soonMs));
  const endsAt = Math.max(made.endsAt, asked.until);
  if (endsAt <= now || endsAt - startsAt > maxWarmUpMs) return undefined;
  const added = joining(made, facts);
  const balancers = [...(made.balancers ?? []), ...added];
  const earlier = reserveFrom(startsAt, now);
  const reserveAt =
    made.reserveAt === undefined || added.length > 0 ? earlier : Math.min(made.reserveAt, earlier);
  return { startsAt, endsAt, ...(balancers.length > 0 && { balancers, reserveAt }) };
};

const timesText = (found: PrewarmItem, { made }: PrewarmItem, asked: Times): string[] => {
  const { startsAt, endsAt } = found.made;
  const moved = made.startsAt !== startsAt || made.endsAt !== endsAt;
  return [
    ...(moved
      ? [
          `It was planned from ${instant(startsAt)} to ${instant(endsAt)} already, by ${found.by}; the earlier start and the later end hold.`,
        ]
      : []),
    ...(made.endsAt > asked.until
      ? [
          `It lasts longer than ${instant(asked.until)}, as ${found.by} asked for; to end it then, cancel it at that time.`,
        ]
      : []),
  ];
};

/** What the group lacks of what was planned, and gets again. */
const lost = (
  { made: { startsAt, capacity } }: PrewarmItem,
  { now, scheduled, group }: PrewarmFacts,
): string[] => {
  const has = (action: string) => scheduled.some(({ name }) => name === action);
  const begun = startsAt <= now;
  return [
    ...(has(endAction) && (begun || has(startAction))
      ? []
      : ['Somebody had removed its scheduled actions; they are back.']),
    ...(begun && group.min < capacity
      ? [`The minimum of ${group.name} is ${String(group.min)}; it is raised again within two minutes.`]
      : []),
  ];
};

/** What a second request found otherwise than it was planned. */
export const differences = (
  found: PrewarmItem,
  item: PrewarmItem,
  asked: Times,
  facts: PrewarmFacts,
): { readonly again: readonly string[]; readonly changed: boolean } => {
  const added = joining(found.made, facts);
  const changes = [
    ...lost(found, facts),
    ...added.map((arn) => `Load balancer ${arn} forwards to the fleet by now, and is warmed up too.`),
  ];
  const again = [...timesText(found, item, asked), ...changes];
  const moved = item.made.startsAt !== found.made.startsAt || item.made.endsAt !== found.made.endsAt;
  return {
    again: again.length === 0 ? ['It was planned so already.'] : again,
    changed: moved || changes.length > 0,
  };
};
