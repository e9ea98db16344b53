import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { StepContext } from '../deployment/context';
import { RolloutFailed } from '../deployment/errors';
import { describeGroup } from '../fleet/group';
import { diffScaling, type Scaling, type ScalingChange } from './diff';
import { type Existing, readExisting, type ScalingClients } from './existing';
import { resourceLabel, wantedScaling } from './wanted';
import { writeAlarm, writePolicy } from './write';

type Clients = ScalingClients & { readonly elb: ElasticLoadBalancingV2Client };

/**
 * Policies and alarms of the settings made or changed, and those that Forseti made earlier and the settings no longer
 * hold removed; what is as it should be is not written. Before the rollout, since alarms gate it.
 * @throws RolloutFailed where an alarm's name is taken by another application.
 */
export const setScaling = async (context: StepContext, clients: Clients): Promise<{ changes: number }> => {
  const { record, settings, core } = context;
  const place = { stage: core.environment.stage, application: record.application, group: record.group };
  const [existing, labelOf] = await Promise.all([readExisting(clients, place), labels(context, clients)]);
  const wanted = keepOthersActions(wantedScaling(settings.scaling, { ...place, labelOf }), existing);
  const taken = Object.keys(wanted.alarms).filter((name) => existing.foreignAlarms.has(name));
  if (taken.length > 0)
    throw new RolloutFailed(
      `Alarms of that name belong to another application or were not made by Forseti: ${taken.join(', ')}. ` +
        'Rename them in the settings.',
    );
  const changes = diffScaling(existing, wanted);
  const policyArns = new Map(existing.policyArns);
  for (const wave of waves(changes))
    await Promise.all(wave.map((change) => write(context, clients, change, policyArns)));
  return { changes: changes.length };
};

/**
 * Runs of changes which do not depend on each other: an alarm that starts a policy comes after it, and a policy goes
 * after the alarms that started it.
 */
const waves = (changes: readonly ScalingChange[]): ScalingChange[][] => {
  const starts = ({ kind, wrote }: ScalingChange): boolean =>
    kind === 'alarm' && ((wrote?.['AlarmActions'] ?? []) as string[]).some(isPolicy);
  const removesPolicy = ({ kind, change }: ScalingChange): boolean =>
    kind === 'scaling-policy' && change === 'remove';
  const first = changes.filter((change) => !starts(change) && !removesPolicy(change));
  return [first, changes.filter(starts), changes.filter(removesPolicy)];
};

const write = async (
  context: StepContext,
  clients: Clients,
  { kind, name, before, wrote }: ScalingChange,
  policyArns: Map<string, string>,
): Promise<void> => {
  const { group, application } = context.record;
  await context.change({ kind, target: name, before, wrote }, async () => {
    if (kind === 'alarm') return writeAlarm(clients, application, name, wrote, policyArns);
    const arn = await writePolicy(clients, group, name, wrote);
    if (arn !== undefined) policyArns.set(name, arn);
    return undefined;
  });
};

/** Actions that somebody added to an alarm of ours by hand (a pager, a chat) stay; policies are the settings' own. */
const keepOthersActions = (wanted: Scaling, existing: Existing): Scaling => ({
  ...wanted,
  alarms: Object.fromEntries(
    Object.entries(wanted.alarms).map(([name, definition]) => {
      const former = existing.alarms[name];
      if (!former) return [name, definition];
      const own = (definition['AlarmActions'] ?? []) as string[];
      const others = ((former['AlarmActions'] ?? []) as string[]).filter((action) => !isPolicy(action));
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

const isPolicy = (action: string): boolean =>
  action.startsWith('policy:') || /:autoscaling:.*:scalingPolicy:/.test(action);

/** Target groups are looked up only where a policy counts their requests. */
const labels = async (
  { settings, record }: StepContext,
  { elb, autoScaling }: Clients,
): Promise<(targetGroup: string | undefined) => string> => {
  const counted = Object.values(settings.scaling.policies).filter(
    (policy) => policy.type === 'target-tracking' && policy.metric === 'ALBRequestCountPerTarget',
  );
  if (counted.length === 0) return () => '';
  const first = (await describeGroup(autoScaling, record.group)).targetGroupArns[0];
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
