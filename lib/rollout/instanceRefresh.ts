import type { AutoScalingClient, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../deployment/context';
import { RolloutFailed } from '../deployment/errors';
import type { DeploymentRecord, LaunchTemplateRef } from '../deployment/record';
import { describeGroup, type Group } from '../fleet/group';
import { alarmNames } from '../scaling/names';
import { refreshThing } from '../waiting/things';
import type { Progress } from '../waiting/waitingStep';
import { launchSource, withPolicy } from './launchSource';
import { rolloutPreferences } from './preferences';
import { findRefresh, isActive, lookForRefresh, mayBeUnlisted, progressOf, startRefresh } from './refreshes';

export interface RefreshMemo extends Record<string, unknown> {
  refreshId: string;
  /** Epoch ms. */
  refreshStartedAt: number;
  /** Instances to replace when it began. */
  total: number;
}

type Save = (memo: Partial<RefreshMemo>) => Promise<void>;

/** Where somebody has to approve, a first refresh ends at a part of the fleet, and a second one does the rest. */
export type Part = 'all' | 'first' | 'rest';

const targetOf = (group: string, part: Part): string => (part === 'rest' ? `${group} rest` : group);

/**
 * The rollout by an instance refresh. The new version goes into `DesiredConfiguration` only: AWS gives it to the group
 * when the refresh has succeeded, and can roll back until then.
 * @throws RolloutFailed
 */
export const rolloutByRefresh = async (
  context: StepContext,
  memo: Partial<RefreshMemo>,
  save: Save,
  autoScaling: AutoScalingClient,
  part: Part = 'all',
): Promise<Progress> => {
  const { record } = context;
  const template = templateOf(context);
  if (memo.refreshId === undefined) {
    const group = await describeGroup(autoScaling, record.group);
    const { refreshId } = await context.change(
      {
        kind: 'refresh',
        target: targetOf(record.group, part),
        before: null,
        wrote: withPolicy(template, group),
      },
      () => startOrAdopt(context, template, autoScaling, part, group),
    );
    const refreshStartedAt = context.core.clock();
    await save({ refreshId, refreshStartedAt });
    memo = { ...memo, refreshId, refreshStartedAt };
  }
  const id = memo.refreshId ?? '';
  const refresh = await findRefresh(autoScaling, record.group, id);
  if (refresh?.Status === 'Successful') return { over: { refreshId: id } };
  if (!refresh && mayBeUnlisted(memo.refreshStartedAt, context.core.clock()))
    return { waitFor: [refreshThing(id)] };
  if (!refresh || !isActive(refresh)) throw new RolloutFailed(refreshFailure(record.group, id, refresh));
  const total = Math.max(memo.total ?? 0, refresh.InstancesToUpdate ?? 0);
  if (total !== (memo.total ?? 0)) await save({ total });
  const progress = progressOf(refresh, total);
  return { waitFor: [refreshThing(id)], ...(progress !== undefined && { progress }) };
};

/** @throws RolloutFailed where SwapLaunchTemplate did not note its version. */
export const templateOf = ({ record }: StepContext): LaunchTemplateRef => {
  if (record.launchTemplate) return record.launchTemplate;
  throw new RolloutFailed(`Deployment ${record.deployment} has no launch template version to roll out.`);
};

/** AWS has no client token for it: a refresh to our version, which nobody else knows, can only be ours. */
const startOrAdopt = async (
  { record, settings, core }: StepContext,
  template: LaunchTemplateRef,
  autoScaling: AutoScalingClient,
  part: Part,
  group: Group,
): Promise<{ refreshId: string }> => {
  const [{ running, ours }, first] = await Promise.all([
    lookForRefresh(autoScaling, record.group, template, record.acceptedAt),
    part === 'rest' ? core.effects.find(record.deployment, 'refresh', record.group) : undefined,
  ]);
  const firstId = (first?.result as { refreshId?: string } | undefined)?.refreshId;
  if (ours && ours.InstanceRefreshId !== firstId) return { refreshId: ours.InstanceRefreshId ?? '' };
  if (running)
    throw new RolloutFailed(
      `Instance refresh ${running.InstanceRefreshId ?? ''} of group ${record.group} was started by somebody else ` +
        'meanwhile; AWS runs one at a time. Wait for its end or cancel it, then deploy again.',
    );
  const refreshId = await startRefresh(
    autoScaling,
    {
      AutoScalingGroupName: record.group,
      Strategy: 'Rolling',
      DesiredConfiguration: launchSource(group, template),
      Preferences: rolloutPreferences(settings.rollout, watchedAlarms(core.environment.stage, record), part),
    },
    { template, since: record.acceptedAt },
  );
  return { refreshId };
};

/** Full names of the alarms that a rollout is undone for: those of the settings, less those that rang before and were let pass. */
export const watchedAlarms = (
  stage: string,
  { application, settings, muted }: Pick<DeploymentRecord, 'application' | 'settings' | 'muted'>,
): string[] =>
  alarmNames(stage, application, settings)
    .map(({ fullName }) => fullName)
    .filter((name) => muted?.includes(name) !== true);

/** How a refresh ended that did not succeed, in a sentence. */
export const refreshFailure = (group: string, id: string, refresh: InstanceRefresh | undefined): string => {
  if (!refresh) return `Instance refresh ${id} of group ${group} is not known to AWS any more.`;
  const reason = refresh.RollbackDetails?.RollbackReason ?? refresh.StatusReason ?? 'AWS gives no reason.';
  const ends: Readonly<Record<string, string>> = {
    RollbackSuccessful: 'was rolled back by AWS',
    RollbackFailed: 'failed, and AWS could not roll it back',
    Cancelled: 'was cancelled',
    Failed: 'failed',
  };
  const end = ends[refresh.Status ?? ''] ?? `ended as ${refresh.Status ?? 'unknown'}`;
  return `Instance refresh ${id} of group ${group} ${end}: ${reason}`;
};
