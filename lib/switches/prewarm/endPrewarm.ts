import {
  type AutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  type ElasticLoadBalancingV2Client,
  ModifyCapacityReservationCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { parsed } from '../../engine/input';
import { describeGroup } from '../../fleet/group';
import type { SwitchAnswer, SwitchItem } from '../base/item';
import { endAction, startAction } from './checks';
import { unitsOf } from './reserveCapacity';
import { prewarmName, schedule } from './startPrewarm';
import type { SwitchTools } from '../base/tools';
import { endSchema, isDue, parsedDue, turnOff } from '../base/turnOff';

export interface EndPrewarmTools extends SwitchTools {
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** Ours are known by their names. Deleting what has run meanwhile is refused, and needs no more. */
const unschedule = async (
  { autoScaling }: EndPrewarmTools,
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
        if (!/not found/i.test((error as Error).message)) throw error;
      });
};

/** AWS takes no scheduled action in the past. */
const soonMs = 60_000;

/**
 * The minimum goes back by a scheduled action, not by a change of ours: it needs no permission to launch, and falls into no
 * deployment unseen. It goes back only where it is still what we wrote.
 */
const lowerMinimum = async (tools: EndPrewarmTools, { made }: SwitchItem): Promise<string | undefined> => {
  const { group = '', capacity, formerMinimum = 0, startsAt = 0 } = made;
  const { min, suspended } = await describeGroup(tools.autoScaling, group);
  if (min === capacity && tools.clock() >= startsAt) {
    if (suspended.includes('ScheduledActions'))
      throw new Error(
        `ScheduledActions of ${group} is suspended: its minimum cannot go back to ${String(formerMinimum)}. Resume it.`,
      );
    await unschedule(tools, group, [startAction]);
    await schedule(tools, group, endAction, tools.clock() + soonMs, formerMinimum);
    return `The minimum of ${group} goes back to ${String(formerMinimum)} within two minutes.`;
  }
  await unschedule(tools, group, [startAction, endAction]);
  return tools.clock() < startsAt || min === formerMinimum
    ? undefined
    : `Somebody has set the minimum of ${group} to ${String(min)} meanwhile; it stays.`;
};

const releaseUnits = async ({ elb }: EndPrewarmTools, { made }: SwitchItem): Promise<string[]> => {
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
export const endPrewarm = async (input: unknown, tools: EndPrewarmTools): Promise<SwitchAnswer> => {
  const asked = isDue(input) ? parsedDue(input) : parsed(endSchema, input, 'the end of a warm-up');
  return turnOff(
    tools,
    { application: asked.application, switch: 'prewarm', ...('by' in asked && { by: asked.by }) },
    {
      name: prewarmName,
      remove: async (item) => {
        const minimum = await lowerMinimum(tools, item);
        const notes = [...(minimum === undefined ? [] : [minimum]), ...(await releaseUnits(tools, item))];
        return notes.length === 0 ? undefined : notes.join(' ');
      },
    },
  );
};
