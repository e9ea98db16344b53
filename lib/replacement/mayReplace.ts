import type { Group } from '../fleet/group';
import { isGone, memberOf, unsettled } from '../fleet/members';
import { isServing, type TargetHealth } from '../fleet/targetGroups';

/** What a replacement is judged by. */
export interface FleetFacts {
  readonly group: Group;
  readonly health: TargetHealth;
  /** Whether an instance refresh runs, whoever has started it. */
  readonly refreshing: boolean;
  /** Freezes that are in force, by hand or by the calendar, one sentence each; only automatic replacements heed them. */
  readonly frozen: readonly string[];
}

/** Up to this many are listed. */
const shown = 5;
const list = (ids: readonly string[]): string =>
  ids.slice(0, shown).join(', ') + (ids.length > shown ? ` and ${String(ids.length - shown)} more` : '');

/** The group would not launch the new one, or not let the old one go (user guide, "Suspend-resume processes"). */
const needed = ['Launch', 'Terminate'];

/**
 * Whether an instance may be taken out of its fleet now, for the group to launch another.
 * @returns `gone` where it is no member any more, or on its way out; else what is in the way, all of it.
 */
export const mayReplace = (instance: string, facts: FleetFacts): 'gone' | { readonly problems: string[] } => {
  const { group, health, refreshing, frozen } = facts;
  const member = memberOf(group, instance);
  if (isGone(member)) return 'gone';
  const others = group.instances.filter(({ id }) => id !== instance);
  const serving = others.filter((other) => isServing(other, health, group.targetGroupArns));
  const moving = unsettled({ instances: others }).map(({ id, lifecycle }) => `${id} (${lifecycle})`);
  const ill = others
    .filter((other) => other.lifecycle === 'InService' && !serving.includes(other))
    .map(({ id }) => id);
  const suspended = needed.filter((name) => group.suspended.includes(name));
  return {
    problems: [
      ...frozen,
      ...(member?.lifecycle === 'InService'
        ? []
        : [`${instance} is ${member?.lifecycle ?? ''}; expected InService.`]),
      ...(refreshing ? [`An instance refresh of ${group.name} runs; wait for its end.`] : []),
      ...(suspended.length === 0
        ? []
        : [
            `${suspended.join(' and ')} of ${group.name} ${suspended.length === 1 ? 'is' : 'are'} suspended: no other would come. ` +
              `Whoever did that resumes it: aws autoscaling resume-processes --auto-scaling-group-name ${group.name} --scaling-processes ${suspended.join(' ')}`,
          ]),
      ...(moving.length === 0 ? [] : [`${group.name} is not settled: ${list(moving)}.`]),
      ...(ill.length === 0 ? [] : [`Others are not healthy in all target groups: ${list(ill)}.`]),
      ...(serving.length > 0
        ? []
        : [
            `${instance} is the only one that serves: nothing would until the other does. ` +
              `First: aws autoscaling set-desired-capacity --auto-scaling-group-name ${group.name} --desired-capacity ${String(group.desired + 1)}`,
          ]),
    ],
  };
};

/**
 * Whether the fleet serves as it should after an instance was taken out of it.
 * @returns what is missing; undefined where nothing is.
 */
export const notServingYet = (
  instance: string,
  { group, health }: Pick<FleetFacts, 'group' | 'health'>,
): string | undefined => {
  const serving = group.instances.filter(
    (member) => member.id !== instance && isServing(member, health, group.targetGroupArns),
  );
  if (!isGone(memberOf(group, instance))) return `${instance} is still in service in ${group.name}.`;
  if (serving.length >= group.desired) return undefined;
  return `${String(serving.length)} of ${String(group.desired)} instances of ${group.name} serve.`;
};
