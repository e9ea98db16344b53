import {
  type AutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  type ElasticLoadBalancingV2Client,
  ModifyCapacityReservationCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { messageOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import { describeGroup } from '../../fleet/group';
import type { SwitchAnswer } from '../base/item';
import { endSchema, isDue, parsedDue } from '../base/requests';
import { turnOff } from '../base/turnOff';
import type { PrewarmItem, PrewarmTools } from './definition';
import { unitsOf } from './reserveCapacity';
import { endAction, schedule, soonMs, startAction } from './schedule';

interface EndTools extends PrewarmTools {
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** Our actions are known by their names. AWS refuses to delete an action that has run meanwhile, which is fine. */
const unschedule = async (
  autoScaling: AutoScalingClient,
  group: string,
  names: readonly string[],
): Promise<void> => {
  const { ScheduledUpdateGroupActions: found = [] } = await autoScaling.send(
    new DescribeScheduledActionsCommand({ AutoScalingGroupName: group, ScheduledActionNames: [...names] }),
  );
  for (const { ScheduledActionName } of found)
    await autoScaling
      .send(new DeleteScheduledActionCommand({ AutoScalingGroupName: group, ScheduledActionName }))
      .catch((error: unknown) => {
        if (!/not found/i.test(messageOf(error))) throw error;
      });
};

/**
 * The minimum goes back by a scheduled action, not by a change of our own: that needs no permission to launch instances, and
 * a deployment that has suspended scheduled actions is not disturbed. It goes back only if it is still what we wrote.
 */
const lowerMinimum = async (tools: EndTools, { made }: PrewarmItem): Promise<string | undefined> => {
  const { group, capacity, formerMinimum, startsAt } = made;
  const { min, suspended } = await describeGroup(tools.autoScaling, group);
  if (min === capacity && tools.clock() >= startsAt) {
    if (suspended.includes('ScheduledActions'))
      throw new Error(
        `ScheduledActions of ${group} is suspended: its minimum cannot go back to ${String(formerMinimum)}. Resume it.`,
      );
    await unschedule(tools.autoScaling, group, [startAction]);
    await schedule(tools.autoScaling, group, endAction, tools.clock() + soonMs, formerMinimum);
    return `The minimum of ${group} goes back to ${String(formerMinimum)} within two minutes.`;
  }
  await unschedule(tools.autoScaling, group, [startAction, endAction]);
  return tools.clock() < startsAt || min === formerMinimum
    ? undefined
    : `Somebody has set the minimum of ${group} to ${String(min)} meanwhile; it stays.`;
};

const releaseUnits = async ({ elb }: EndTools, { made }: PrewarmItem): Promise<string[]> => {
  const notes: string[] = [];
  for (const [LoadBalancerArn, former] of Object.entries(made.formerUnits ?? {})) {
    const current = await unitsOf(elb, LoadBalancerArn);
    if (current === made.units)
      await elb.send(
        new ModifyCapacityReservationCommand({
          LoadBalancerArn,
          ...(former === null
            ? { ResetCapacityReservation: true }
            : { MinimumLoadBalancerCapacity: { CapacityUnits: former } }),
        }),
      );
    else if (current !== (former ?? undefined))
      notes.push(`Somebody has reserved ${String(current)} LCU of ${LoadBalancerArn} meanwhile; they stay.`);
  }
  return notes;
};

/**
 * Ends a warm-up: nothing is scheduled any more, the minimum and the reserved capacity are as before where nobody has
 * changed them meanwhile. The number of instances belongs to scaling.
 * @throws InvalidRequest
 */
export const endPrewarm = async (input: unknown, tools: EndTools): Promise<SwitchAnswer> => {
  const asked = isDue(input) ? parsedDue(input, 'prewarm') : parsed(endSchema, input, 'the end of a warm-up');
  return turnOff(
    tools,
    { application: asked.application, switch: 'prewarm', ...('by' in asked && { by: asked.by }) },
    async (item) => {
      const minimum = await lowerMinimum(tools, item);
      const notes = [...(minimum === undefined ? [] : [minimum]), ...(await releaseUnits(tools, item))];
      return notes.length === 0 ? undefined : notes.join(' ');
    },
  );
};
