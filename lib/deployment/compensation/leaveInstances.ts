import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Effect } from '../../engine/effect';
import { isOpen } from '../../engine/effect';
import { runWaves } from '../../engine/compensating';
import type { StepContext } from '../../engine/context';
import { repairOf } from '../../engine/effectKind';
import { aws, data, recorded } from '../../engine/repairCommand';
import { left, repairSite, type Settled, settleAs } from '../../engine/settled';
import { describeGroup, type Member } from '../../fleet/group';
import { mayMiss, replaceByHand } from '../../fleet/replaceByHand';
import { withPolicy } from '../../rollout/launchSource';
import { refreshEffect, refreshRepair, restoreTarget } from '../../rollout/refreshEffect';
import { restoreInstancesWaves } from './registry';

/** So many are told by name; the command holds all. */
const maxTold = 10;

/**
 * Gives up the way back of the instances: what could not be replaced is left as it is and listed once, as the way back of
 * the group. Whatever else the journal holds of instances is settled; those that are left keep the tags that say what
 * runs there.
 * @param why what is wrong, as a sentence without its end.
 * @param remaining members that run anything else than the baseline.
 * @returns the note of what is left.
 */
export const leaveInstances = async (
  context: StepContext,
  tools: { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client },
  effects: readonly Effect[],
  why: string,
  remaining: readonly Member[],
): Promise<string> => {
  const { core, record } = context;
  const group = await describeGroup(tools.autoScaling, record.group);
  const target = restoreTarget(record.group);
  const template = record.baseline?.launchTemplate ?? group.launchTemplate;
  const { effect: wayBack } = await core.effects.intend(record.deployment, context.state, refreshEffect, {
    target,
    before: null,
    wrote: withPolicy({ id: template?.id ?? '', version: template?.version ?? '' }, group),
  });
  const settled = leftInstances(context, wayBack, why, remaining, group.desired);
  await settleAs(core, wayBack, settled);
  const others = effects.filter((effect) => isOpen(effect) && effect.item !== wayBack.item);
  await runWaves(restoreInstancesWaves(tools, new Set(remaining.map(({ id }) => id))), context, others);
  return settled.note ?? why;
};

const leftInstances = (
  context: StepContext,
  wayBack: Effect,
  why: string,
  remaining: readonly Member[],
  desired: number,
): Settled => {
  const { record, settings } = context;
  const site = repairSite(context);
  const [first, ...others] = remaining.map(({ id }) => recorded(id));
  if (first === undefined)
    // Nothing is to be replaced any more: the group goes on launching by itself.
    return left(
      `${why}.`,
      aws(recorded(site), 'autoscaling describe-scaling-activities', {
        '--auto-scaling-group-name': data(recorded(record.group)),
      }),
    );
  const named = remaining.slice(0, maxTold).map(({ id, lifecycle }) => `${id} (${lifecycle})`);
  const more = remaining.length > maxTold ? `, and ${String(remaining.length - maxTold)} more` : '';
  const note = `${String(remaining.length)} instances of group ${record.group} could not be replaced and were left as they are, since ${why}: ${named.join(', ')}${more}.`;
  const few = remaining.length <= mayMiss(desired, settings.rollout.minHealthyPercentage);
  return left(
    note,
    few || !refreshEffect.is(wayBack)
      ? replaceByHand(first, others, recorded(site))
      : repairOf(refreshRepair, wayBack, site),
  );
};
