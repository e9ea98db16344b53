import {
  type Activity,
  type AutoScalingClient,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';

/** AWS answers with the newest first, at most 100 (Auto Scaling API). */
const maxRecords = 100;

/** The group's newest scaling activities that began at a time (epoch ms) or later, the newest first. */
export const activitiesSince = async (
  autoScaling: AutoScalingClient,
  group: string,
  since: number,
): Promise<Activity[]> => {
  const { Activities: activities = [] } = await autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: maxRecords }),
  );
  // AWS tells the start to the second.
  return activities.filter(({ StartTime: at }) => at !== undefined && at.getTime() + 1_000 > since);
};

const byPolicy = /triggered policy .* changing the desired capacity from \d+ to (\d+)/;

/** Whether a scaling policy has brought the desired capacity to this. */
export const isScaledTo = (activities: readonly Activity[], desired: number): boolean =>
  activities.some(({ Cause: cause = '' }) => Number(byPolicy.exec(cause)?.[1]) === desired);

/** What AWS says of the launches that failed since the last one that succeeded; of activities with the newest first. */
export const failedLaunches = (activities: readonly Activity[]): string[] => {
  const launches = activities.filter(({ Description: what = '' }) => what.startsWith('Launching'));
  const last = launches.findIndex(({ StatusCode }) => StatusCode === 'Successful');
  return (last === -1 ? launches : launches.slice(0, last))
    .filter(({ StatusCode }) => StatusCode === 'Failed')
    .map(({ StatusMessage, Cause }) => StatusMessage ?? Cause ?? 'AWS gives no reason.');
};

/** Whether a launch failed for want of capacity or by a quota, rather than by what was to be launched (EC2's words). */
export const lacksCapacity = (why: string): boolean => /capacity|limit|max spot instance count/i.test(why);
