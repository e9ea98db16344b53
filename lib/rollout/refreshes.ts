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

/** Statuses in which a refresh is active; AWS allows one active refresh per group. */
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
 * @param startedAt epoch ms of AWS's answer; undefined if it was not noted.
 */
export const mayBeUnlisted = (startedAt: number | undefined, now: number): boolean =>
  startedAt !== undefined && now - startedAt < unlistedMs;

/** AWS gives the start in whole seconds, by its own clock: a refresh of ours may seem to start before its intent. */
const clockSkewMs = 60_000;

/** Whether the refresh may be one that was intended at `since` (epoch ms); a pending one has no start yet. */
export const startedSince = ({ StartTime }: Pick<InstanceRefresh, 'StartTime'>, since: number): boolean =>
  (StartTime?.getTime() ?? Infinity) >= since - clockSkewMs;

/** How our refresh is distinguished from others: by its launch template version; `any` if it has none of its own. */
type Wanted = LaunchTemplateRef | 'any';

/**
 * The refresh that runs now, if any, and the newest of ours since a time (epoch ms): the one to our launch template
 * version, or with `any` the one that runs. If `wanted` is undefined, none is ours.
 */
export const findRefreshes = async (
  autoScaling: AutoScalingClient,
  group: string,
  wanted: Wanted | undefined,
  since: number,
): Promise<{ running: InstanceRefresh | undefined; ours: InstanceRefresh | undefined }> => {
  let running: InstanceRefresh | undefined;
  let ours: InstanceRefresh | undefined;
  // AWS lists the newest first; refreshes that started before `since` are ignored.
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
 * Starts a refresh. StartInstanceRefresh has no client token: if an answer was lost and the SDK tried again, the
 * refresh that is in progress is our own.
 * @param known how ours is distinguished (see {@link findRefreshes}): its launch template version, and since when.
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

/** "14 of 20 instances"; undefined while AWS gives no number. */
export const progressOf = (refresh: InstanceRefresh, total: number): string | undefined => {
  if (refresh.Status === 'Baking') return 'baking';
  if (refresh.Status === 'RollbackInProgress') return 'rolling back';
  if (refresh.InstancesToUpdate === undefined || total === 0) return undefined;
  return `${String(Math.max(0, total - refresh.InstancesToUpdate))} of ${String(total)} instances`;
};
