import type { AutoScalingClient, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { RolloutFailed } from '../engine/errors';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { describeGroup, type Group } from '../fleet/group';
import { alarmNames } from '../scaling/names';
import type { Progress } from '../engine/waiting/waitingStep';
import { templateToRollOut } from './externalChanges';
import { launchSource, withPolicy } from './launchSource';
import { viewByTemplate } from './fleetView';
import { followRefresh, type RefreshClients, type RefreshMemo, type SaveRefresh } from './followRefresh';
import { type Part, rolloutPreferences } from './preferences';
import { refreshEffect, refreshIdOf, restTarget } from './refreshEffect';
import { findRefreshes, startRefresh } from './refreshes';

const targetOf = (group: string, part: Part): string => (part === 'rest' ? restTarget(group) : group);

/**
 * The rollout by an instance refresh. Only `DesiredConfiguration` holds the new version: AWS gives it to the group when
 * the refresh has succeeded, and can roll back until then.
 * @throws RolloutFailed
 */
export const rolloutByRefresh = async (
  context: StepContext,
  memo: Partial<RefreshMemo>,
  save: SaveRefresh,
  clients: RefreshClients,
  part: Part = 'all',
): Promise<Progress> => {
  const { record } = context;
  const { autoScaling, ec2 } = clients;
  let template = templateOf(context);
  if (memo.refreshId === undefined) {
    const group = await describeGroup(autoScaling, record.group);
    // The first refresh has given the group the version. While one runs, AWS refuses to change the group's template.
    const expected = part === 'rest' ? templateOf(context) : record.groupTemplate;
    const chosen = (await templateToRollOut(context, ec2, group, expected)) ?? template;
    template = chosen;
    const { refreshId } = await context.change(
      refreshEffect,
      { target: targetOf(record.group, part), before: null, wrote: withPolicy(chosen, group) },
      ({ intendedAt }, again) =>
        startOrAdopt(context, chosen, autoScaling, part, group, { intendedAt, again }),
    );
    const refreshStartedAt = context.core.clock();
    await save({ refreshId, refreshStartedAt });
    memo = { ...memo, refreshId, refreshStartedAt };
  }
  const look = await followRefresh(context, memo, save, clients, {
    version: record.version,
    view: () => viewByTemplate(clients, record.group, template),
  });
  if ('waitFor' in look) return look;
  if ('lost' in look) throw new RolloutFailed(look.lost);
  const refreshId = memo.refreshId ?? '';
  if (look.ended?.Status !== 'Successful')
    throw new RolloutFailed(refreshFailure(record.group, refreshId, look.ended));
  return { over: { refreshId } };
};

/** @throws RolloutFailed if SwapLaunchTemplate noted no version. */
export const templateOf = ({ record }: StepContext): LaunchTemplateRef => {
  if (record.launchTemplate) return record.launchTemplate;
  throw new RolloutFailed(`Deployment ${record.deployment} has no launch template version to roll out.`);
};

/**
 * StartInstanceRefresh has no client token. If the call was tried before, a refresh to our version can only be ours,
 * except for those known to be others': the first of two refreshes, and those of a deployment whose version this one
 * took over.
 */
const startOrAdopt = async (
  context: StepContext,
  template: LaunchTemplateRef,
  autoScaling: AutoScalingClient,
  part: Part,
  group: Group,
  { intendedAt, again }: { readonly intendedAt: number; readonly again: boolean },
): Promise<{ refreshId: string }> => {
  const { record, settings, core } = context;
  const [{ running, ours }, others] = await Promise.all([
    findRefreshes(autoScaling, record.group, again ? template : undefined, intendedAt),
    again ? othersOf(context, part) : new Set<string>(),
  ]);
  const id = ours?.InstanceRefreshId;
  if (id !== undefined && !others.has(id)) return { refreshId: id };
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
    { template, since: intendedAt },
  );
  return { refreshId };
};

/** Ids of refreshes to the same launch template version that belong to another step or deployment. */
const othersOf = async ({ record, core }: StepContext, part: Part): Promise<ReadonlySet<string>> => {
  const { group, deployment } = record;
  const others = new Set<string>();
  const add = async (of: string, target: string): Promise<void> => {
    const effect = await core.effects.find(of, refreshEffect, target);
    const id = refreshIdOf(effect);
    if (id !== undefined) others.add(id);
  };
  if (part === 'rest') await add(deployment, group);
  for (let earlier = record.resumedFrom; earlier !== undefined;) {
    const of = earlier;
    await Promise.all([group, restTarget(group)].map((target) => add(of, target)));
    earlier = (await core.records.find(of))?.resumedFrom;
  }
  return others;
};

/**
 * Full names of the alarms for which a rollout is undone: those of the settings, without those that were in ALARM
 * before it and were accepted by the request.
 */
export const watchedAlarms = (
  stage: string,
  { application, settings, muted }: Pick<DeploymentRecord, 'application' | 'settings' | 'muted'>,
): string[] =>
  alarmNames(stage, application, settings)
    .map(({ fullName }) => fullName)
    .filter((name) => muted?.includes(name) !== true);

/** How a refresh that did not succeed ended, in a sentence. */
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
