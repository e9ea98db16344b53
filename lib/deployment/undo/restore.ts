import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { terminateBuilder } from '../../fleet/builder';
import { describeGroup, type Group } from '../../fleet/group';
import { isServing, targetHealth } from '../../fleet/targetGroups';
import { type SurgeMemo, surplusLeft } from '../../rollout/surge';
import type { Progress } from '../../waiting/waitingStep';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { RestoreFailed } from '../errors';
import { putBackSize } from './groupSize';
import { giveTemplate, isAt, putBackTemplate } from './groupTemplate';
import { putBackTags } from './instanceTags';
import { putBackProtection } from './protection';
import { refreshToBaseline, type RestoreMemo, restoreTarget } from './restoreRefresh';
import { isOpen, settleAs, settleBy, undone } from './settled';
import { endStandby } from './standby';
import { provisionedInPlace } from './undo';

export interface RestoreTools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
}

interface Memo extends RestoreMemo {
  surplusGivenBack: boolean;
  /** Epoch ms at which waiting for health began. */
  refreshedAt: number;
}

/** How long a restored fleet may take until enough of it is healthy, in milliseconds. */
const patienceMs = 30 * 60_000;

/**
 * Brings the fleet back: what was changed of the group first, then, where instances run anything else than the baseline,
 * a refresh to it.
 * @throws RestoreFailed
 */
export const restore = async (
  context: StepContext,
  memo: Partial<Memo>,
  save: (memo: Partial<Memo>) => Promise<void>,
  tools: RestoreTools,
): Promise<Progress> => {
  const { record, core } = context;
  if (record.completedAt !== undefined) return { over: {} };
  const effects = await core.effects.list(record.deployment);
  if (!effects.some(isOpen) && memo.refreshId === undefined) return { over: {} };
  if (!(await putBackGroup(context, tools, effects.filter(isOpen))))
    return { waitFor: [], expectedSeconds: 5 };
  if (memo.surplusGivenBack !== true) {
    await giveBackSurplus(context, tools.autoScaling);
    await save({ surplusGivenBack: true });
  }
  // After what was added to the capacity: AWS lowers the capacity to a maximum that is below it.
  for (const effect of effects.filter((one) => one.kind === 'group-size' && isOpen(one)))
    await settleBy(context, effect, () => putBackSize(context, tools.autoScaling, effect));
  const group = await describeGroup(tools.autoScaling, record.group);
  const inPlace = provisionedInPlace(context, effects);
  if (memo.refreshId !== undefined || inPlace || runsNew(context, group)) {
    const progress = await refreshToBaseline({
      context,
      memo,
      save,
      autoScaling: tools.autoScaling,
      inPlace,
      foreignTemplate: effects.some(
        ({ kind, state }) => kind === 'group-launch-template' && state === 'foreign',
      ),
    });
    if (!('over' in progress)) return progress;
    const waiting = await awaitHealth(context, memo, save, tools);
    if (waiting) return waiting;
  } else if (isAt(group, record.launchTemplate) && record.baseline)
    // Nobody runs the new version, but whoever came next would: the refresh had given it to the group.
    await giveTemplate(context, tools.autoScaling, group, record.baseline.launchTemplate);
  await settleRest(context, tools, effects);
  return { over: {} };
};

/** Whether any member was launched from the deployment's own launch template version. */
const runsNew = ({ record }: StepContext, group: Group): boolean =>
  record.launchTemplate !== undefined &&
  group.instances.some(
    ({ launchTemplateVersion, lifecycle }) =>
      launchTemplateVersion === record.launchTemplate?.version && !lifecycle.startsWith('Terminat'),
  );

/** @returns false as long as an instance is on its way into standby. */
const putBackGroup = async (
  context: StepContext,
  { autoScaling, ec2 }: RestoreTools,
  open: readonly Effect[],
): Promise<boolean> => {
  const of = (kind: Effect['kind']) => open.filter((effect) => effect.kind === kind);
  for (const effect of of('group-launch-template'))
    await settleBy(context, effect, () => putBackTemplate(context, autoScaling, effect));
  for (const effect of of('standby')) {
    let entering = false;
    await settleBy(context, effect, async () => {
      const ended = await endStandby(context, autoScaling, effect);
      entering = ended === undefined;
      return ended;
    });
    if (entering) return false;
  }
  for (const effect of of('builder'))
    await settleBy(context, effect, () => terminateBuilder(context, ec2).then(() => undefined));
  await putBackProtection(context, autoScaling, of('protection'));
  return true;
};

/** A surge's own addition, where the capacity still is what we raised it to: what scaling made of it stays. */
const giveBackSurplus = async (context: StepContext, autoScaling: AutoScalingClient): Promise<void> => {
  const { record, core } = context;
  if (record.rollout !== 'surge') return;
  const memo = (await core.records.step(record.deployment, 'Rollout'))?.memo as
    Partial<SurgeMemo> | undefined;
  if (memo?.raisedTo === undefined) return;
  const group = await describeGroup(autoScaling, record.group);
  const surplus = surplusLeft(memo, group);
  if (surplus === 0) return;
  const given = (memo.surplus ?? 0) - surplus;
  if (group.desired !== memo.raisedTo - given || group.desired - surplus < group.min) return;
  await context.guard();
  await autoScaling.send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: group.name,
      DesiredCapacity: group.desired - surplus,
      HonorCooldown: false,
    }),
  );
};

/** @throws RestoreFailed where too few are healthy for too long. */
const awaitHealth = async (
  context: StepContext,
  memo: Partial<Memo>,
  save: (memo: Partial<Memo>) => Promise<void>,
  { autoScaling, elb }: RestoreTools,
): Promise<Progress | undefined> => {
  const { record, settings, core } = context;
  const group = await describeGroup(autoScaling, record.group);
  const health = await targetHealth(elb, group.targetGroupArns);
  const serving = group.instances.filter((member) => isServing(member, health, group.targetGroupArns)).length;
  const wanted = Math.ceil((group.desired * settings.rollout.minHealthyPercentage) / 100);
  if (serving >= wanted) return undefined;
  const since = memo.refreshedAt ?? core.clock();
  if (memo.refreshedAt === undefined) await save({ refreshedAt: since });
  if (core.clock() - since < patienceMs)
    return { waitFor: [], expectedSeconds: 15, progress: `${String(serving)} of ${String(wanted)} healthy` };
  const note = `Only ${String(serving)} of ${String(group.desired)} instances of group ${group.name} are healthy after the way back, expected at least ${String(wanted)}.`;
  const effect = await core.effects.find(record.deployment, 'refresh', restoreTarget(record.group));
  if (effect)
    await settleAs(core, effect, {
      state: 'left',
      note,
      mend: `aws autoscaling describe-scaling-activities --auto-scaling-group-name ${group.name}`,
    });
  throw new RestoreFailed(note);
};

/** What the refresh, or the fact that none was needed, has settled; tags of instances that are still there. */
const settleRest = async (
  context: StepContext,
  { ec2 }: RestoreTools,
  listed: readonly Effect[],
): Promise<void> => {
  const { core, record } = context;
  const target = restoreTarget(record.group);
  const open = listed.filter((effect) => isOpen(effect) && effect.target !== target);
  await Promise.all(
    open
      .filter(({ kind }) => kind === 'command' || kind === 'refresh')
      .map((effect) => settleAs(core, effect, undone)),
  );
  // The latest first: each puts back what it found.
  const tags = open.filter(({ kind }) => kind === 'instance-tags').reverse();
  for (const effect of tags) await settleBy(context, effect, () => putBackTags(context, ec2, effect));
};
