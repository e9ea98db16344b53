import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../../engine/context';
import type { Effect } from '../../engine/effect';
import { repairOf } from '../../engine/effectKind';
import { aws, data, recorded, type RepairCommand } from '../../engine/repairCommand';
import { left, repairSite, settleAs } from '../../engine/settled';
import { describeGroup, type Group, type Member } from '../../fleet/group';
import { mayMiss, replaceByHand } from '../../fleet/replaceByHand';
import { withPolicy } from '../../rollout/launchSource';
import { refreshEffect, refreshRepair, type RefreshShape, restoreTarget } from '../../rollout/refreshEffect';
import { firstOf } from './touchedInstances';

/**
 * Gives up the way back: what could not be replaced stays as it is, and is listed once.
 * @param why what is wrong, as a sentence without its end.
 * @param remaining members that run anything else than the baseline.
 * @param byRefresh only a refresh repairs it: what the group launches by itself would not run the baseline.
 * @returns the note of what is left.
 */
export const leaveWayBack = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  why: string,
  remaining: readonly Member[],
  byRefresh = false,
): Promise<string> => {
  const { core, record } = context;
  const group = await describeGroup(autoScaling, record.group);
  const template = record.baseline?.launchTemplate ?? group.launchTemplate;
  const { effect } = await core.effects.intend(record.deployment, context.state, refreshEffect, {
    target: restoreTarget(record.group),
    before: null,
    wrote: withPolicy({ id: template?.id ?? '', version: template?.version ?? '' }, group),
  });
  const [one] = remaining;
  const which = one && remaining.length === 1 ? 'One instance' : `${String(remaining.length)} instances`;
  const names = firstOf(remaining.map(({ id, lifecycle }) => `${id} (${lifecycle})`));
  const note = one
    ? `${which} of group ${group.name} could not be replaced, and stayed: ${names}. ${why}`
    : why;
  const ended = /[.!?]$/.test(note) ? note : `${note}.`;
  await settleAs(core, effect, left(ended, repairByHand(context, effect, group, remaining, byRefresh)));
  return ended;
};

/** What a person does about it. Where nobody is to be replaced any more, the group goes on launching by itself. */
const repairByHand = (
  context: StepContext,
  effect: Effect<RefreshShape>,
  group: Group,
  remaining: readonly Member[],
  byRefresh: boolean,
): RepairCommand | ReturnType<typeof repairOf> => {
  const site = recorded(repairSite(context));
  const [first, ...others] = remaining.map(({ id }) => recorded(id));
  if (first === undefined)
    return aws(site, 'autoscaling describe-scaling-activities', {
      '--auto-scaling-group-name': data(site.record.group),
    });
  const { minHealthyPercentage } = context.settings.rollout;
  return !byRefresh && remaining.length <= mayMiss(group.desired, minHealthyPercentage)
    ? replaceByHand(first, others, site)
    : repairOf(refreshRepair, effect, repairSite(context));
};
