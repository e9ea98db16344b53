import { type AutoScalingClient, DescribeLifecycleHooksCommand } from '@aws-sdk/client-auto-scaling';
import { activitiesSince, failedLaunches } from './activities';
import type { Group, Member } from './group';
import type { TargetReasons } from './targetGroups';

/** A lifecycle hook, as far as it explains why an instance stands still. */
export interface Hook {
  readonly name: string;
  readonly transition: string;
  readonly heartbeatSeconds: number;
}

/** This many instances are named; the others are counted. */
const maxNamed = 3;

const named = (ids: readonly string[]): string =>
  ids.length <= maxNamed
    ? ids.join(', ')
    : `${ids.slice(0, maxNamed).join(', ')} and ${String(ids.length - maxNamed)} more`;

/** One sentence for each cause, with the instances that it concerns. */
const grouped = (causes: readonly (readonly [id: string, cause: string])[]): string[] => {
  const byCause = new Map<string, string[]>();
  for (const [id, cause] of causes) byCause.set(cause, [...(byCause.get(cause) ?? []), id]);
  return [...byCause].map(([cause, ids]) => `${named(ids)}: ${cause}`);
};

const waits = /^(Pending|Terminating):(Wait|Proceed)$/;
const passing = /^(Pending|Terminating|EnteringStandby|Detaching|Replacing)/;

/** Which hook holds an instance: AWS does not say, so that all hooks of its transition are named. */
const heldBy = ({ lifecycle }: Member, hooks: readonly Hook[]): string => {
  const transition = lifecycle.startsWith('Pending') ? 'LAUNCHING' : 'TERMINATING';
  const holding = hooks.filter((hook) => hook.transition.endsWith(transition));
  return holding.length === 0
    ? lifecycle
    : `${lifecycle}, held by lifecycle hook ${holding
        .map(({ name, heartbeatSeconds }) => `${name} (for ${String(heartbeatSeconds)} s at most)`)
        .join(', ')}`;
};

/** Why members are not in service, or in service and not healthy; pure. */
export const causesOfMembers = (
  members: readonly Member[],
  { hooks, reasons }: { readonly hooks: readonly Hook[]; readonly reasons: TargetReasons },
): string[] =>
  grouped(
    members.flatMap((member): (readonly [string, string])[] => {
      const { id, lifecycle, healthy } = member;
      if (waits.test(lifecycle)) return [[id, heldBy(member, hooks)]];
      if (passing.test(lifecycle)) return [[id, [lifecycle, reasons.get(id) ?? []].flat().join(', ')]];
      if (lifecycle !== 'InService') return [];
      const why = reasons.get(id);
      if (why !== undefined) return [[id, why]];
      return healthy ? [] : [[id, 'Unhealthy, by the health checks of its Auto Scaling group']];
    }),
  );

const describeHooks = async (autoScaling: AutoScalingClient, group: string): Promise<Hook[]> => {
  const { LifecycleHooks: hooks = [] } = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: group }),
  );
  return hooks.map((hook) => ({
    name: hook.LifecycleHookName ?? '',
    transition: hook.LifecycleTransition ?? '',
    heartbeatSeconds: hook.HeartbeatTimeout ?? 3_600,
  }));
};

/**
 * The suspended processes that keep a group from what it is about to do: without `Launch` it gets no instance, without
 * `Terminate` it loses none, and without `InstanceRefresh` a refresh replaces none.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
 */
const heldProcesses = ({ name, suspended }: Group, needed: readonly string[]): string[] =>
  needed
    .filter((process) => suspended.includes(process))
    .map((process) => `process ${process} of group ${name} is suspended`);

/** The members of a group that serve, or are on their way. */
const present = ({ lifecycle }: Member): boolean => /^(InService|Pending)/.test(lifecycle);

interface Place {
  readonly autoScaling: AutoScalingClient;
  readonly group: Group;
  /** Why targets are not healthy; none for a caller that looks at no target groups. */
  readonly reasons?: TargetReasons;
  /** Launches that failed since then count; epoch ms. None do unless given. */
  readonly since?: number;
  /** A refresh replaces its instances: a full group may lack a launch, too, or wait for a termination. */
  readonly launchesAhead?: boolean;
}

const neededBy = ({ launchesAhead = false }: Place, lacks: boolean): string[] => [
  ...(lacks ? ['Launch'] : []),
  ...(launchesAhead ? ['Terminate', 'InstanceRefresh'] : []),
];

/**
 * What keeps a group from being whole, in AWS's own words: hooks that hold instances, launches that failed, targets that
 * are not healthy. Undefined where nothing does.
 * @param of the members that count; all unless given.
 */
export const causesOf = async (
  place: Place,
  of: readonly Member[] = place.group.instances,
): Promise<string | undefined> => {
  const { autoScaling, group, reasons = new Map(), since, launchesAhead = false } = place;
  const lacks = launchesAhead || group.instances.filter(present).length < group.desired;
  const [hooks, activities] = await Promise.all([
    of.some(({ lifecycle }) => waits.test(lifecycle)) ? describeHooks(autoScaling, group.name) : [],
    lacks && since !== undefined ? activitiesSince(autoScaling, group.name, since) : [],
  ]);
  const failed = failedLaunches(activities);
  const causes = [
    ...causesOfMembers(of, { hooks, reasons }),
    ...(failed.length === 0
      ? []
      : [
          `${String(failed.length)} ${failed.length === 1 ? 'launch' : 'launches'} of group ${group.name} failed: ${[...new Set(failed)].join('; ')}`,
        ]),
    ...heldProcesses(group, neededBy(place, lacks)),
  ];
  return causes.length === 0 ? undefined : causes.join('; ');
};
