import { type AutoScalingClient, paginateDescribeScheduledActions } from '@aws-sdk/client-auto-scaling';

/** A scheduled action of a group: what it sets, and when it runs next (epoch ms). */
export interface ScheduledAction {
  readonly name: string;
  readonly startsAt: number;
  /** The desired capacity that it asks for, if any. */
  readonly desired?: number;
  /** The maximum that it sets, if any. */
  readonly max?: number;
}

/** The actions that lie ahead. One that ran and does not recur is not listed any more. */
export const describeScheduledActions = async (
  client: AutoScalingClient,
  group: string,
): Promise<ScheduledAction[]> => {
  const found: ScheduledAction[] = [];
  for await (const page of paginateDescribeScheduledActions({ client }, { AutoScalingGroupName: group }))
    for (const action of page.ScheduledUpdateGroupActions ?? [])
      if (action.StartTime)
        found.push({
          name: action.ScheduledActionName ?? '',
          startsAt: action.StartTime.getTime(),
          ...(action.DesiredCapacity !== undefined && { desired: action.DesiredCapacity }),
          ...(action.MaxSize !== undefined && { max: action.MaxSize }),
        });
  return found;
};
