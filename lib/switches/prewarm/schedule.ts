import { type AutoScalingClient, PutScheduledUpdateGroupActionCommand } from '@aws-sdk/client-auto-scaling';
import type { PrewarmMade } from './definition';

/** The names of Forseti's scheduled actions; a name is an action's identity in its group. */
export const startAction = 'forseti-prewarm-start';
export const endAction = 'forseti-prewarm-end';

/**
 * Sets a group's minimum at a time. Putting an action of the same name twice is once.
 * @param at epoch milliseconds
 */
export const schedule = async (
  autoScaling: AutoScalingClient,
  group: string,
  name: string,
  at: number,
  minimum: number,
): Promise<void> => {
  await autoScaling.send(
    new PutScheduledUpdateGroupActionCommand({
      AutoScalingGroupName: group,
      ScheduledActionName: name,
      StartTime: new Date(at),
      MinSize: minimum,
    }),
  );
};

/** AWS takes no scheduled action in the past. */
export const soonMs = 60_000;

/**
 * Raises the minimum for the time of a warm-up. One that has begun is raised again where the minimum is below it.
 * @param now epoch milliseconds
 * @param minimum of the group as it is.
 */
export const scheduleBoth = async (
  autoScaling: AutoScalingClient,
  { group, capacity, startsAt, endsAt, formerMinimum }: PrewarmMade,
  now: number,
  minimum: number,
): Promise<void> => {
  // The end first: a start alone would stay.
  await schedule(autoScaling, group, endAction, endsAt, formerMinimum);
  const begun = startsAt <= now;
  if (!begun || minimum < capacity)
    await schedule(autoScaling, group, startAction, begun ? now + soonMs : startsAt, capacity);
};
