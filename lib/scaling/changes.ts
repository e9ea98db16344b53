import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import { nameOf } from '../aws/failure';
import { describeGroup, type Group } from '../fleet/group';
import { textsIn } from './definitions';
import { diffScaling, type Scaling, type ScalingChange } from './diff';
import { type Existing, type OwnerKnown, readExisting, type ScalingClients } from './existing';
import { resourceLabel, wantedScaling } from './wanted';

export type ChangesClients = ScalingClients & { readonly elb: ElasticLoadBalancingV2Client };

export interface ScalingPlace {
  readonly stage: string;
  readonly application: string;
  readonly group: string;
}

export interface ScalingChanges {
  readonly changes: readonly ScalingChange[];
  readonly existing: Existing;
  /** Why what the settings ask for cannot be written, a sentence each. */
  readonly problems: readonly string[];
}

/** What some settings would change. */
export type CompareScaling = (settings: Pick<ApplicationSettings, 'scaling'>) => ScalingChanges;

/**
 * Finds what has to be written so that policies and alarms become those of the settings. It only reads: SetScaling
 * writes the changes, plan and status show them, and Preflight refuses what could not be written.
 * @param known alarms whose owner need not be read, at one call each.
 * @returns also how other settings compare; target groups that only they count are not known.
 */
export const scalingChanges = async (
  { scaling }: Pick<ApplicationSettings, 'scaling'>,
  place: ScalingPlace,
  clients: ChangesClients,
  known?: OwnerKnown,
): Promise<ScalingChanges & { readonly compare: CompareScaling }> => {
  const [existing, counted] = await Promise.all([
    readExisting(clients, place, known),
    readCounted(scaling, place.group, clients),
  ]);
  const compare: CompareScaling = (settings) => compareScaling(settings, place, existing, counted);
  return { ...compare({ scaling }), compare };
};

/** {@link scalingChanges} of what was read. */
export const compareScaling = (
  { scaling }: Pick<ApplicationSettings, 'scaling'>,
  place: ScalingPlace,
  existing: Existing,
  counted: Counted,
): ScalingChanges => {
  const labels = labelsAmong(scaling, counted);
  const labelOf = (targetGroup: string | undefined): string => labels.labelOf(targetGroup) ?? '';
  const wanted = keepOthersActions(wantedScaling(scaling, { ...place, labelOf }), existing);
  const taken = Object.keys(wanted.alarms).filter((name) => existing.foreignAlarms.has(name));
  return {
    // A policy whose label is not known would be shown as one that nobody could write.
    changes: labels.problems.length > 0 ? [] : diffScaling(existing, wanted),
    existing,
    problems: [...labels.problems, ...(taken.length > 0 ? [takenProblem(taken)] : [])],
  };
};

const takenProblem = (names: readonly string[]): string =>
  `Alarms of that name belong to another application or were not made by Forseti: ${names.join(', ')}. Rename them in the settings.`;

/** Actions that a person added to one of our alarms (a pager, a chat) stay. Policies come from the settings only. */
const keepOthersActions = (wanted: Scaling, existing: Existing): Scaling => ({
  ...wanted,
  alarms: Object.fromEntries(
    Object.entries(wanted.alarms).map(([name, definition]) => {
      const former = existing.alarms[name];
      if (!former) return [name, definition];
      const own = textsIn(definition, 'AlarmActions');
      const others = textsIn(former, 'AlarmActions').filter((action) => !isPolicy(action));
      const actions = [...own, ...others].sort();
      const kept = Object.fromEntries(
        ['OKActions', 'InsufficientDataActions']
          .filter((key) => former[key] !== undefined)
          .map((key) => [key, former[key]]),
      );
      return [name, { ...definition, ...kept, ...(actions.length > 0 && { AlarmActions: actions }) }];
    }),
  ),
});

export const isPolicy = (action: string): boolean =>
  action.startsWith('policy:') || /:autoscaling:.*:scalingPolicy:/.test(action);

interface Labels {
  /** Undefined where {@link problems} says why. */
  readonly labelOf: (targetGroup: string | undefined) => string | undefined;
  readonly problems: readonly string[];
}

/** What labels are made of. */
export interface Counted {
  readonly group: Pick<Group, 'name' | 'targetGroupArns'>;
  /** The ARN of the load balancer that routes to a target group, by the target group's ARN. */
  readonly balancers: ReadonlyMap<string, string | undefined>;
}

const counting = ({ policies }: ApplicationSettings['scaling']) =>
  Object.entries(policies).flatMap(([name, policy]) =>
    policy.type === 'target-tracking' && policy.metric === 'ALBRequestCountPerTarget'
      ? [{ name, targetGroup: policy.targetGroup }]
      : [],
  );

/** ARNs of the target groups whose requests policies count. @param first the group's first one. */
export const countedTargetGroups = (
  scaling: ApplicationSettings['scaling'],
  first: string | undefined,
): readonly string[] => [
  ...new Set(counting(scaling).flatMap(({ targetGroup }) => targetGroup ?? first ?? [])),
];

/**
 * The labels of the target groups whose requests policies count. AWS refuses a policy on a target group that is not
 * attached to the group, or that has no load balancer (Auto Scaling API, PutScalingPolicy and
 * PredefinedMetricSpecification).
 */
const labelsAmong = (scaling: ApplicationSettings['scaling'], { group, balancers }: Counted): Labels => {
  const [first] = group.targetGroupArns;
  return {
    labelOf: (targetGroup) => {
      const arn = targetGroup ?? first;
      const balancer = balancers.get(arn ?? '');
      return arn === undefined || balancer === undefined ? undefined : resourceLabel(balancer, arn);
    },
    problems: counting(scaling).flatMap(({ name, targetGroup }) =>
      ofCounting(name, targetGroup ?? first, group, balancers),
    ),
  };
};

/** Target groups are read only if a policy counts their requests. */
const readCounted = async (
  scaling: ApplicationSettings['scaling'],
  name: string,
  { elb, autoScaling }: ChangesClients,
): Promise<Counted> => {
  if (counting(scaling).length === 0) return { group: { name, targetGroupArns: [] }, balancers: new Map() };
  const group = await describeGroup(autoScaling, name);
  const arns = countedTargetGroups(scaling, group.targetGroupArns[0]);
  const balancers = new Map(
    await Promise.all(arns.map(async (arn) => [arn, await balancerOf(elb, arn)] as const)),
  );
  return { group, balancers };
};

/** The ARN of the load balancer that routes to a target group; undefined if there is none, or no such target group. */
const balancerOf = async (elb: ElasticLoadBalancingV2Client, arn: string): Promise<string | undefined> => {
  try {
    const { TargetGroups: [found] = [] } = await elb.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }),
    );
    return found?.LoadBalancerArns?.[0];
  } catch (error) {
    if (nameOf(error) === 'TargetGroupNotFoundException') return undefined;
    throw error;
  }
};

const ofCounting = (
  policy: string,
  arn: string | undefined,
  group: Pick<Group, 'name' | 'targetGroupArns'>,
  balancers: ReadonlyMap<string, string | undefined>,
): string[] => {
  const which = `Scaling policy ${policy} counts requests (ALBRequestCountPerTarget)`;
  if (arn === undefined)
    return [
      `${which}, and group ${group.name} is attached to no target group: there is nothing to count. Attach one to the group, or choose another metric.`,
    ];
  if (!group.targetGroupArns.includes(arn))
    return [
      `${which} of target group ${arn}, which group ${group.name} is not attached to: AWS would refuse it. Name one of the group's own, or leave targetGroup out.`,
    ];
  if (balancers.get(arn) === undefined)
    return [
      `${which} of target group ${arn}, which no load balancer routes to: there is nothing to count. Give it a listener or a rule of a load balancer, or choose another metric.`,
    ];
  return [];
};
