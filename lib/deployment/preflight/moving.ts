import type { Group } from '../../fleet/group';
import type { DescribedInstance } from '../../fleet/instances';
import type { TargetHealth } from '../../fleet/targetGroups';
import { imageFrom } from '../../engine/imageFrom';
import type { DeploymentRecord } from '../../engine/record';
import { groupKey, imageKey, refreshKey } from '../../engine/waiting/resourceKeys';

/** An SSM agent as `DescribeInstanceInformation` describes it. */
export interface Agent {
  readonly ping: string;
  readonly version: string;
  /** `Linux`, `Windows`, `MacOS`. */
  readonly platform?: string;
}

/**
 * Something that changes by itself within minutes. It says nothing of how the fleet is set up, so Preflight does not
 * refuse a deployment for it before it was waited for.
 */
export interface Moving {
  /** The instance, refresh or image. The same id may move in more than one way. */
  readonly id: string;
  /** For people: `i-1 is Pending`. */
  readonly what: string;
  /** Its events wake the state Settle. */
  readonly resourceKey?: string;
}

export interface MovingFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly group: Pick<Group, 'name' | 'instances' | 'targetGroupArns'>;
  /** Instances in service. `launchedAt` in epoch milliseconds. */
  readonly members: readonly Pick<DescribedInstance, 'id' | 'launchedAt'>[];
  readonly agents: ReadonlyMap<string, Agent>;
  /** The instance refresh that runs, if one does; its status as AWS gives it. */
  readonly refresh: { readonly id: string; readonly status: string } | undefined;
  /** Images that the deployment needs, or comes back to. */
  readonly images: readonly { readonly id: string; readonly state: string | undefined }[];
  readonly health: TargetHealth;
}

/** An agent registers within a minute or two of the boot; so long after the launch it counts as dead. */
const registersWithinMs = 10 * 60_000;

/** A refresh in these statuses ends by itself soon; in any other it may go on for hours. */
const ending: ReadonlySet<string> = new Set(['Cancelling', 'RollbackInProgress']);

/** Members on their way into service; those of a warm pool stay outside. */
export const coming = ({ instances }: Pick<Group, 'instances'>): Group['instances'] =>
  instances.filter(({ lifecycle }) => lifecycle.startsWith('Pending'));

/** Instances that were launched so recently that their agents may not have registered yet. */
export const registering = ({
  now,
  members,
  agents,
}: Pick<MovingFacts, 'now' | 'members' | 'agents'>): string[] =>
  members
    .filter(({ id, launchedAt }) => agents.get(id)?.ping !== 'Online' && now - launchedAt < registersWithinMs)
    .map(({ id }) => id);

/** In service, and no target group has finished its first health checks of it. */
const checkedFirst = ({ group, members, health }: MovingFacts): string[] =>
  members
    .filter(({ id }) => group.targetGroupArns.some((arn) => health.get(id)?.[arn] === 'initial'))
    .map(({ id }) => id);

/** All that is on its way and matters to the deployment. */
export const movingOf = (
  {
    record,
    seals,
  }: {
    readonly record: Pick<DeploymentRecord, 'strategy' | 'image' | 'imageFrom'>;
    /** Whether an image that is made is sealed, which needs an agent. */
    readonly seals: boolean;
  },
  facts: MovingFacts,
): Moving[] => {
  const from = imageFrom(record);
  const takesOut = from === 'fleet' || from === 'running';
  const needsAgents = from === 'fleet' || (from === 'running' && seals);
  const { group, refresh, images } = facts;
  return [
    ...(takesOut
      ? coming(group).map(({ id, lifecycle }) => ({
          id,
          what: `${id} is ${lifecycle}`,
          resourceKey: groupKey(group.name),
        }))
      : []),
    ...(needsAgents
      ? registering(facts).map((id) => ({ id, what: `the SSM agent of ${id} has not registered` }))
      : []),
    ...(from === 'running'
      ? checkedFirst(facts).map((id) => ({ id, what: `${id} is initial in a target group` }))
      : []),
    ...(refresh && ending.has(refresh.status)
      ? [
          {
            id: refresh.id,
            what: `instance refresh ${refresh.id} is ${refresh.status}`,
            resourceKey: refreshKey(refresh.id),
          },
        ]
      : []),
    ...images
      .filter(({ state }) => state === 'pending')
      .map(({ id }) => ({ id, what: `image ${id} is pending`, resourceKey: imageKey(id) })),
  ];
};
