import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ApplicationSettings } from '../application/schema';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import type { Release } from '../engine/releases';
import { endOfExecution } from '../engine/takeLock';
import { watchedAlarms } from '../rollout/instanceRefresh';
import { findRefresh, isActive, refreshIdOf } from '../rollout/refreshes';
import type { AlarmTools } from './actOnAlarm';
import type { RungAlarm } from './alarmEvent';
import type { AlarmFacts, KnownRelease } from './judgeAlarm';

/** An alarm, and an application whose settings name it. */
export interface About {
  readonly alarm: RungAlarm;
  readonly application: string;
  readonly settings: ApplicationSettings;
}

/** All that the verdict goes by, as it is now. */
export const gatherFacts = async (
  { alarm, application, settings }: About,
  { core, sfn, autoScaling }: Pick<AlarmTools, 'core' | 'sfn' | 'autoScaling'>,
): Promise<AlarmFacts> => {
  const [lock, releases] = await Promise.all([
    core.locks.read(settings.group),
    core.releases.list(application),
  ]);
  const held = lock?.deployment === undefined ? undefined : await core.records.find(lock.deployment);
  const running = held?.application === application && held.closedAt === undefined ? held : undefined;
  const newest = releases[0] && known(releases[0]);
  const good = releases.find(({ state }) => state === 'good');
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
    // What has no record was taken over as it ran.
    newestDeployed:
      newest !== undefined && (deployment === undefined || deployment.completedAt !== undefined),
    good: good && known(good),
  };
};

/** A release's sort key begins with the time at which its deployment was accepted. */
const known = (release: Release): KnownRelease => ({
  ...release,
  acceptedAt: Date.parse(release.release.split('#')[0] ?? ''),
});

/**
 * Started and not over, and with this alarm among those that AWS watches; one that is only intended may be about to start:
 * it is refused then, since it is halted.
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
    [group, `${group} rest`].map((target) => core.effects.find(deployment, 'refresh', target)),
  );
  const ids = effects.flatMap((effect) => refreshIdOf(effect) ?? []);
  const refreshes = await Promise.all(ids.map((id) => findRefresh(autoScaling, group, id)));
  return refreshes.some((refresh) => refresh !== undefined && isActive(refresh));
};
