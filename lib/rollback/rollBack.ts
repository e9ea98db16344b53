import {
  type AutoScalingClient,
  type InstanceRefresh,
  RollbackInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import { ImageGone, RolloutFailed } from '../engine/errors';
import { isAt, setGroupTemplate } from '../rollout/groupTemplateEffect';
import { secondsUntilChange } from '../rollout/arithmetic';
import { provisionedInPlace } from '../deployment/compensation/inPlace';
import { describeGroup } from '../fleet/group';
import { type FleetClients, viewByRelease } from '../rollout/fleetView';
import { awaitCapacity, type CapacityMemo } from '../rollout/awaitCapacity';
import { cancelRefresh, isIrreversible, isOverAlready } from '../rollout/endRefresh';
import { followRefresh, type RefreshMemo } from '../rollout/followRefresh';
import { refreshFailure, templateOf } from '../rollout/instanceRefresh';
import { namesTemplate } from '../rollout/launchSource';
import { preferencesBack } from '../rollout/preferences';
import { membersByRelease } from '../rollout/onRelease';
import { replaceOld, type ReplaceMemo, successorTrouble } from '../rollout/replaceOld';
import { refreshEffect, refreshIdOf } from '../rollout/refreshEffect';
import { findRefreshes, startedSince } from '../rollout/refreshes';
import { aimTemplate } from './aimTemplate';
import { startWayBack } from '../rollout/startWayBack';
import { rolloutBySurge } from '../rollout/surge';
import { groupKey, refreshKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';

export type RollBackClients = FleetClients & { readonly ec2: EC2Client };

interface RollBackMemo extends RefreshMemo, ReplaceMemo {
  /** Why instances could not be replaced one for one: the compensation does not try the same again. */
  stuck: string;
  capacity: CapacityMemo;
}

/**
 * Brings the fleet to a known launch template version: nothing is provisioned, and no image is made. If AWS's own
 * rollback of the halted deployment's refresh ends at the same version, it is used. Else that refresh is cancelled, its
 * end is awaited, and another one is started.
 * @throws RolloutFailed
 */
export const rollBack = async (
  context: StepContext,
  memo: Partial<RollBackMemo>,
  save: (memo: Partial<RollBackMemo>) => Promise<void>,
  clients: RollBackClients,
): Promise<Progress> => {
  if (memo.refreshId === undefined) {
    await refuseCleaned(context);
    if (memo.aimed !== true) {
      context = await aimTemplate(context, clients);
      await save({ aimed: true });
    }
    const inTheWay = await clearTheWay(context, clients);
    if (inTheWay && 'waitFor' in inTheWay) return inTheWay;
    if (!inTheWay && context.record.rollout === 'surge') return rolloutBySurge(context, memo, save, clients);
    const singly = inTheWay ? undefined : await replaceSingly(context, memo, save, clients);
    if (singly) return singly;
    const refreshId = inTheWay?.adopted ?? (await start(context, clients));
    const started = { refreshId, refreshStartedAt: context.core.clock() };
    await save(started);
    memo = { ...memo, ...started };
  }
  const look = await followRefresh(context, memo, save, clients, { version: context.record.version });
  if ('lost' in look) throw new RolloutFailed(look.lost);
  if ('waitFor' in look) return look;
  const judged = await judge(context, memo.refreshId ?? '', look.ended, clients);
  const waiting = await awaitCapacity(context, memo.capacity, (capacity) => save({ capacity }), clients);
  return waiting ?? judged;
};

/**
 * Where instances of the release's own template were provisioned with something else since, a refresh would replace the
 * whole fleet, since it compares templates only. Then those that do not run the release are replaced one for one.
 * @returns undefined where a refresh is the way.
 */
const replaceSingly = async (
  context: StepContext,
  memo: Partial<RollBackMemo>,
  save: (memo: Partial<RollBackMemo>) => Promise<void>,
  clients: RollBackClients,
): Promise<Progress | undefined> => {
  const { record } = context;
  const launchTemplate = templateOf(context);
  if (memo.replacing !== true && !(await isSingly(context, clients))) return undefined;
  const view = await viewByRelease(clients, record.group, { version: record.version, launchTemplate });
  if (memo.replacing !== true && !isAt(view.group, launchTemplate))
    await setGroupTemplate(context, clients.autoScaling, view.group, launchTemplate);
  const looked = await replaceOld(context, memo, save, clients.autoScaling, view);
  if (looked !== 'done' && 'waitFor' in looked) return looked;
  const wanted = Math.min(view.group.desired, memo.healthyBefore ?? 0);
  if (looked === 'done' && view.healthy.size >= wanted) return { over: { instances: view.fresh.length } };
  const fresh = view.fresh.filter(({ id }) => memo.members?.includes(id) === false);
  const replacingSince = memo.replacingSince ?? context.core.clock();
  const stuck =
    looked === 'done'
      ? await successorTrouble(context, { ...memo, replacingSince }, save, clients.autoScaling, {
          ...view,
          fresh,
        })
      : looked.stuck;
  if (stuck !== undefined) {
    await save({ stuck });
    throw new RolloutFailed(
      `${String(view.old.length)} instances of group ${record.group} do not run ${record.version ?? 'the release'} and could not be replaced. ${stuck}`,
    );
  }
  return {
    waitFor: [groupKey(record.group)],
    expectedSeconds: secondsUntilChange(0, true),
    progress: `${String(view.healthy.size)} of ${String(wanted)} healthy`,
  };
};

/** In the fast lane, a refresh launches all at once: it is the way unless most of the fleet can stay. */
const isSingly = async (context: StepContext, clients: RollBackClients): Promise<boolean> => {
  const { record, core } = context;
  const [group, refresh] = await Promise.all([
    describeGroup(clients.autoScaling, record.group),
    core.effects.find(record.deployment, refreshEffect, record.group),
  ]);
  // A refresh that was tried before is adopted.
  if (refresh) return false;
  const { on, off, changedInPlace } = await membersByRelease(clients.ec2, group, {
    ...record,
    launchTemplate: templateOf(context),
  });
  return changedInPlace && on.size > 0 && !(record.fast === true && off.length > on.size);
};

/**
 * The image may have been marked for deletion since the release was chosen. While the lock is held, it cannot be
 * marked.
 */
const refuseCleaned = async ({ record, core }: StepContext): Promise<void> => {
  if (!record.target) return;
  const release = await core.releases.find(record.application, record.target.release);
  if (release?.cleanedAt === undefined) return;
  throw new ImageGone(
    `Release ${record.version} of ${record.application} is being cleaned by ${release.cleanedBy ?? 'forseti clean'}. ` +
      `Name another release: forseti rollback ${record.application} --to VERSION; or deploy ${record.version} again.`,
  );
};

/** Success is reported only after a check: every instance in service has to run the release. */
const judge = async (
  context: StepContext,
  id: string,
  refresh: InstanceRefresh | undefined,
  { autoScaling, ec2 }: RollBackClients,
): Promise<Progress> => {
  const { record } = context;
  if (refresh?.Status !== 'Successful' && refresh?.Status !== 'RollbackSuccessful')
    throw new RolloutFailed(refreshFailure(record.group, id, refresh));
  const group = await describeGroup(autoScaling, record.group);
  const { on, off } = await membersByRelease(ec2, group, { ...record, launchTemplate: templateOf(context) });
  const wrong = off.filter(({ lifecycle }) => lifecycle === 'InService');
  if (wrong.length > 0)
    throw new RolloutFailed(
      `Instance refresh ${id} has ended, but ${String(wrong.length)} of ${String(group.instances.length)} instances do not run ${record.version}: ` +
        wrong
          .slice(0, 10)
          .map((member) => member.id)
          .join(', '),
    );
  return { over: { instances: on.size } };
};

/** @returns undefined if no refresh is in the way; the refresh that AWS rolls back for us; or what to wait for. */
const clearTheWay = async (
  context: StepContext,
  { autoScaling }: RollBackClients,
): Promise<{ adopted: string } | Extract<Progress, { waitFor: readonly string[] }> | undefined> => {
  const { record, core } = context;
  const ours = await core.effects.find(record.deployment, refreshEffect, record.group);
  if (ours?.state === 'done') return undefined;
  const { running } = await findRefreshes(autoScaling, record.group, undefined, record.acceptedAt);
  if (!running) return undefined;
  const id = running.InstanceRefreshId ?? '';
  if (ours && isOfThisRollback(context, running)) return undefined;
  const halted = await haltedRollout(context, id);
  if (!halted)
    throw new RolloutFailed(
      `Instance refresh ${id} of group ${record.group} was started by somebody else; AWS runs one at a time. ` +
        'Cancel it or wait for its end, then roll back again.',
    );
  const waiting = { waitFor: [refreshKey(id)], progress: 'the halted rollout comes to its end' };
  if (running.Status === 'Cancelling') return waiting;
  const group = await describeGroup(autoScaling, record.group);
  // The group still uses its former template, and nothing was provisioned in place: AWS's own rollback ends at the
  // target.
  const sameEnd = !halted.inPlace && isAt(group, record.launchTemplate);
  if (sameEnd && (await rolledBackByAws(context, autoScaling, running))) return { adopted: id };
  if (running.Status === 'RollbackInProgress') return waiting;
  await context.guard();
  await cancelRefresh(autoScaling, record.group);
  return waiting;
};

const isOfThisRollback = ({ record }: StepContext, running: InstanceRefresh): boolean =>
  record.launchTemplate !== undefined &&
  namesTemplate(running.DesiredConfiguration, record.launchTemplate) &&
  startedSince(running, record.acceptedAt);

/** The rollout of the halted deployment, if the refresh belongs to it. */
const haltedRollout = async (
  { core, record }: StepContext,
  refreshId: string,
): Promise<{ inPlace: boolean } | undefined> => {
  if (record.halted === undefined) return undefined;
  const [halted, effects] = await Promise.all([
    core.records.find(record.halted),
    core.effects.list(record.halted),
  ]);
  const isIts = effects.some((effect) => refreshEffect.is(effect) && refreshIdOf(effect) === refreshId);
  return halted && isIts ? { inPlace: provisionedInPlace({ record: halted }, effects) } : undefined;
};

/** @returns false if AWS cannot roll it back: the refresh is over, or cannot be reversed. */
const rolledBackByAws = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { InstanceRefreshId: refreshId = '', Status: status }: InstanceRefresh,
): Promise<boolean> => {
  const { record } = context;
  const intent = { target: record.group, before: null, wrote: templateOf(context) };
  try {
    await context.change(refreshEffect, intent, async () => {
      if (status !== 'RollbackInProgress')
        await autoScaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: record.group }));
      return { refreshId };
    });
    return true;
  } catch (error) {
    if (isOverAlready(error) || isIrreversible(error)) return false;
    throw error;
  }
};

const start = async (context: StepContext, { autoScaling, ec2 }: RollBackClients): Promise<string> => {
  const { record, settings } = context;
  const template = templateOf(context);
  const group = await describeGroup(autoScaling, record.group);
  const { changedInPlace } = await membersByRelease(ec2, group, { ...record, launchTemplate: template });
  const preferences = preferencesBack(settings.rollout, {
    fast: record.fast === true,
    skipMatching: !changedInPlace,
  });
  return startWayBack(context, autoScaling, { group, target: record.group, template, preferences });
};
