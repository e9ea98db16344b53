import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import { isGoodRelease, madeAtOf, type Release } from '../engine/releases';
import { endOfExecution } from '../engine/takeLock';
import { watchedAlarms } from '../rollout/instanceRefresh';
import { refreshEffect, refreshIdOf, restTarget } from '../rollout/refreshEffect';
import { findRefresh, isActive } from '../rollout/refreshes';
import type { About, AlarmTools } from './alarmTools';
import type { RungAlarm } from './alarmEvent';
import type { AlarmFacts, DatedRelease } from './judgeAlarm';

/** Reads all that the verdict depends on. */
export const gatherFacts = async (
  { alarm, application, settings }: About,
  { core, sfn, autoScaling }: Pick<AlarmTools, 'core' | 'sfn' | 'autoScaling'>,
): Promise<AlarmFacts> => {
  const [lock, all] = await Promise.all([core.locks.read(settings.group), core.releases.list(application)]);
  const held = lock?.deployment === undefined ? undefined : await core.records.find(lock.deployment);
  const running = held?.application === application && held.closedAt === undefined ? held : undefined;
  // The application's releases on another group say nothing of this one.
  const releases = all.filter((release) => release.group === settings.group);
  const newest = releases[0] && known(releases[0]);
  const good = releases.find(isGoodRelease);
  const [deployment, ended, refreshing] = await Promise.all([
    newest?.state === 'bad' ? core.records.find(newest.deployment) : undefined,
    running && endOfExecution(sfn, running.execution),
    running !== undefined && isRefreshing(core, running, alarm, autoScaling),
  ]);
  return {
    now: core.clock(),
    alarm,
    settings,
    lock,
    running,
    stopped: ended !== undefined && ended !== 'running',
    refreshing,
    newest,
    // A release without a record was adopted from a running fleet.
    newestDeployed:
      newest !== undefined && (deployment === undefined || deployment.completedAt !== undefined),
    good: good && known(good),
  };
};

/** A release's sort key begins with the time at which its deployment was accepted. */
const known = (release: Release): DatedRelease => ({
  ...release,
  acceptedAt: madeAtOf(release),
});

/**
 * Whether an instance refresh of the deployment is active that watches this alarm. A refresh that is only intended does not
 * count: the halt refuses its start.
 */
const isRefreshing = async (
  core: Core,
  record: DeploymentRecord,
  { name }: RungAlarm,
  autoScaling: AutoScalingClient,
): Promise<boolean> => {
  const { deployment, group } = record;
  if (!watchedAlarms(core.environment.stage, record).includes(name)) return false;
  const effects = await Promise.all(
    [group, restTarget(group)].map((target) => core.effects.find(deployment, refreshEffect, target)),
  );
  const ids = effects.flatMap((effect) => refreshIdOf(effect) ?? []);
  const refreshes = await Promise.all(ids.map((id) => findRefresh(autoScaling, group, id)));
  return refreshes.some((refresh) => refresh !== undefined && isActive(refresh));
};
