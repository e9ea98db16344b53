import {
  type AutoScalingClient,
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  paginateDescribeInstanceRefreshes,
  StartInstanceRefreshCommand,
  type StartInstanceRefreshCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';
import type { LaunchTemplateRef } from '../engine/record';
import { namesTemplate } from './launchSource';

/** Statuses in which a refresh holds the group; AWS has at most one such a group. */
const active = new Set(['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking']);

export const isActive = (refresh: Pick<InstanceRefresh, 'Status'>): boolean =>
  active.has(refresh.Status ?? '');

export const findRefresh = async (
  autoScaling: AutoScalingClient,
  group: string,
  id: string,
): Promise<InstanceRefresh | undefined> => {
  const { InstanceRefreshes: [found] = [] } = await autoScaling.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: group, InstanceRefreshIds: [id] }),
  );
  return found;
};

const unlistedMs = 120_000;

/**
 * Whether AWS may not list a refresh yet that it has just started.
 * @param startedAt epoch ms of its answer; undefined where nobody noted it.
 */
export const mayBeUnlisted = (startedAt: number | undefined, now: number): boolean =>
  startedAt !== undefined && now - startedAt < unlistedMs;

/** AWS tells the start in whole seconds, by its own clock: one of ours may seem to begin before it was intended. */
const clockSkewMs = 60_000;

/** Whether it may be one that was intended at `since` (epoch ms); one that is pending has no start yet. */
export const startedSince = ({ StartTime }: Pick<InstanceRefresh, 'StartTime'>, since: number): boolean =>
  (StartTime?.getTime() ?? Infinity) >= since - clockSkewMs;

/** How a refresh of ours is told from others': its launch template version; `any` where it has none of its own. */
type Wanted = LaunchTemplateRef | 'any';

/**
 * The refresh that runs now, if any, and the newest of ours since a time (epoch ms): the one to our launch template
 * version, or any that runs. Nothing wanted: none is ours.
 */
export const findRefreshes = async (
  autoScaling: AutoScalingClient,
  group: string,
  wanted: Wanted | undefined,
  since: number,
): Promise<{ running: InstanceRefresh | undefined; ours: InstanceRefresh | undefined }> => {
  let running: InstanceRefresh | undefined;
  let ours: InstanceRefresh | undefined;
  // The newest come first; what started before is of no interest.
  for await (const page of paginateDescribeInstanceRefreshes(
    { client: autoScaling },
    { AutoScalingGroupName: group, MaxRecords: 20 },
  )) {
    const refreshes = page.InstanceRefreshes ?? [];
    running ??= refreshes.find(isActive);
    ours ??= refreshes.find(
      (refresh) =>
        wanted !== undefined &&
        (wanted === 'any' ? isActive(refresh) : namesTemplate(refresh.DesiredConfiguration, wanted)) &&
        startedSince(refresh, since),
    );
    if (!refreshes.every((refresh) => startedSince(refresh, since))) break;
  }
  return { running, ours };
};

/**
 * Starts a refresh. AWS has no client token for it: where an answer got lost and the SDK asked again, the refresh that is
 * in the way is our own.
 * @param known how ours is told from others (see {@link findRefreshes}): its launch template version, and since when.
 * @returns its id.
 */
export const startRefresh = async (
  autoScaling: AutoScalingClient,
  input: StartInstanceRefreshCommandInput & { readonly AutoScalingGroupName: string },
  known: { readonly template: Wanted; readonly since: number },
): Promise<string> => {
  try {
    const { InstanceRefreshId: id = '' } = await autoScaling.send(new StartInstanceRefreshCommand(input));
    return id;
  } catch (error) {
    if (nameOf(error) !== 'InstanceRefreshInProgressFault') throw error;
    const { ours } = await findRefreshes(
      autoScaling,
      input.AutoScalingGroupName,
      known.template,
      known.since,
    );
    if (!ours || !isActive(ours)) throw error;
    return ours.InstanceRefreshId ?? '';
  }
};

/** "14 of 20 instances"; undefined as long as AWS does not tell. */
export const progressOf = (refresh: InstanceRefresh, total: number): string | undefined => {
  if (refresh.Status === 'Baking') return 'baking';
  if (refresh.Status === 'RollbackInProgress') return 'rolling back';
  if (refresh.InstancesToUpdate === undefined || total === 0) return undefined;
  return `${String(Math.max(0, total - refresh.InstancesToUpdate))} of ${String(total)} instances`;
};
