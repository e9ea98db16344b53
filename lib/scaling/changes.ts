import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import { RolloutFailed } from '../engine/errors';
import { describeGroup } from '../fleet/group';
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
  /** Wanted alarms whose names belong to another application. */
  readonly taken: readonly string[];
}

/**
 * Finds what has to be written so that policies and alarms become those of the settings. It only reads: SetScaling
 * writes the changes, plan and status show them.
 * @param known alarms whose owner need not be read, at one call each.
 * @throws RolloutFailed if a policy counts requests of a target group without a load balancer.
 */
export const scalingChanges = async (
  { scaling }: Pick<ApplicationSettings, 'scaling'>,
  place: ScalingPlace,
  clients: ChangesClients,
  known?: OwnerKnown,
): Promise<ScalingChanges> => {
  const [existing, labelOf] = await Promise.all([
    readExisting(clients, place, known),
    labels(scaling, place.group, clients),
  ]);
  const wanted = keepOthersActions(wantedScaling(scaling, { ...place, labelOf }), existing);
  return {
    changes: diffScaling(existing, wanted),
    existing,
    taken: Object.keys(wanted.alarms).filter((name) => existing.foreignAlarms.has(name)),
  };
};

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

/** Target groups are read only if a policy counts their requests. */
const labels = async (
  { policies }: ApplicationSettings['scaling'],
  group: string,
  { elb, autoScaling }: ChangesClients,
): Promise<(targetGroup: string | undefined) => string> => {
  const counted = Object.values(policies).filter(
    (policy) => policy.type === 'target-tracking' && policy.metric === 'ALBRequestCountPerTarget',
  );
  if (counted.length === 0) return () => '';
  const first = (await describeGroup(autoScaling, group)).targetGroupArns[0];
  const arns = new Set(
    counted.flatMap((policy) => (policy.type === 'target-tracking' && policy.targetGroup) || first || []),
  );
  const { TargetGroups: groups = [] } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [...arns] }),
  );
  return (targetGroup) => {
    const arn = targetGroup ?? first;
    const balancer = groups.find((group) => group.TargetGroupArn === arn)?.LoadBalancerArns?.[0];
    if (arn === undefined || balancer === undefined)
      throw new RolloutFailed(
        `Target group ${arn ?? '(none)'} has no load balancer: ALBRequestCountPerTarget has nothing to count.`,
      );
    return resourceLabel(balancer, arn);
  };
};
