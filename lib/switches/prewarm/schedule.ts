import { type AutoScalingClient, PutScheduledUpdateGroupActionCommand } from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../../aws/failure';
import type { PrewarmMade } from './definition';

/** The names of Forseti's scheduled actions; a name is an action's identity in its group. */
export const startAction = 'forseti-prewarm-start';
export const endAction = 'forseti-prewarm-end';

/**
 * "Scheduled actions must have unique time values" (user guide, "Scheduled scaling", limitations), those of others
 * included: "Scheduled action with this scheduled start time already exists". Whether AWS compares seconds or minutes
 * is not documented, so both are tried.
 */
const besideMs = [0, 1_000, 2_000, 60_000, 120_000] as const;

/**
 * Sets a group's minimum at a time, or shortly after where another action has that time. Putting an action of the same name twice is once.
 * @param at epoch milliseconds
 */
export const schedule = async (
  autoScaling: AutoScalingClient,
  group: string,
  name: string,
  at: number,
  minimum: number,
): Promise<void> => {
  for (const [turn, laterMs] of besideMs.entries())
    try {
      await autoScaling.send(
        new PutScheduledUpdateGroupActionCommand({
          AutoScalingGroupName: group,
          ScheduledActionName: name,
          StartTime: new Date(at + laterMs),
          MinSize: minimum,
        }),
      );
      return;
    } catch (error) {
      if (nameOf(error) !== 'AlreadyExistsFault' || turn === besideMs.length - 1) throw error;
    }
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
