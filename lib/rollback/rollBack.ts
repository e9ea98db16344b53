import {
  type AutoScalingClient,
  CancelInstanceRefreshCommand,
  type InstanceRefresh,
  RollbackInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import type { StepContext } from '../deployment/context';
import type { Effect } from '../deployment/effects';
import { RolloutFailed } from '../deployment/errors';
import { isAt } from '../deployment/undo/groupTemplate';
import { provisionedInPlace } from '../deployment/undo/inPlace';
import { describeGroup } from '../fleet/group';
import type { FleetClients } from '../rollout/fleetView';
import { refreshFailure, templateOf } from '../rollout/instanceRefresh';
import { launchSource, withPolicy } from '../rollout/launchSource';
import { rollbackPreferences } from '../rollout/preferences';
import {
  findRefresh,
  isActive,
  lookForRefresh,
  mayBeUnlisted,
  progressOf,
  startRefresh,
} from '../rollout/refreshes';
import { membersByRelease } from '../rollout/onRelease';
import { rolloutBySurge } from '../rollout/surge';
import { refreshThing } from '../waiting/things';
import type { Memo, Progress } from '../waiting/waitingStep';

export type RollBackClients = FleetClients & { readonly ec2: EC2Client };

interface RollBackMemo extends Memo {
  refreshId: string;
  /** Epoch ms. */
  refreshStartedAt: number;
  total: number;
}

type Save = (memo: Partial<RollBackMemo>) => Promise<void>;

/**
 * Brings the fleet to a known launch template version: nothing is provisioned, nothing baked. The refresh of a deployment
 * that was halted is rolled back by AWS where that comes to the same; else it is cancelled, its end awaited, and
 * another one started.
 * @throws RolloutFailed
 */
export const rollBack = async (
  context: StepContext,
  memo: Partial<RollBackMemo>,
  save: Save,
  clients: RollBackClients,
): Promise<Progress> => {
  const { record } = context;
  if (memo.refreshId === undefined) {
    const inTheWay = await clearTheWay(context, clients);
    if (inTheWay && 'waitFor' in inTheWay) return inTheWay;
    if (!inTheWay && record.rollout === 'surge') return rolloutBySurge(context, memo, save, clients);
    const refreshId = inTheWay?.adopted ?? (await start(context, clients));
    await save({ refreshId, refreshStartedAt: context.core.clock() });
  }
  return follow(context, memo, save, clients);
};

const follow = async (
  context: StepContext,
  memo: Partial<RollBackMemo>,
  save: Save,
  { autoScaling, ec2 }: RollBackClients,
): Promise<Progress> => {
  const { record } = context;
  const id = memo.refreshId ?? '';
  const refresh = await findRefresh(autoScaling, record.group, id);
  if (refresh && isActive(refresh)) {
    const total = Math.max(memo.total ?? 0, refresh.InstancesToUpdate ?? 0);
    if (total !== (memo.total ?? 0)) await save({ total });
    const progress = progressOf(refresh, total);
    return { waitFor: [refreshThing(id)], ...(progress !== undefined && { progress }) };
  }
  if (!refresh && mayBeUnlisted(memo.refreshStartedAt, context.core.clock()))
    return { waitFor: [refreshThing(id)] };
  if (refresh?.Status !== 'Successful' && refresh?.Status !== 'RollbackSuccessful')
    throw new RolloutFailed(refreshFailure(record.group, id, refresh));
  const group = await describeGroup(autoScaling, record.group);
  const { on, off } = await membersByRelease(ec2, group, { ...record, launchTemplate: templateOf(context) });
  // Never to be told as done without having been seen.
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

/** @returns undefined where the way is free; the refresh that AWS rolls back for us; or what to wait for. */
const clearTheWay = async (
  context: StepContext,
  { autoScaling }: RollBackClients,
): Promise<{ adopted: string } | Extract<Progress, { waitFor: readonly string[] }> | undefined> => {
  const { record, core } = context;
  const ours = await core.effects.find(record.deployment, 'refresh', record.group);
  if (ours?.state === 'done') return undefined;
  const { running } = await lookForRefresh(autoScaling, record.group, undefined, record.acceptedAt);
  if (!running) return undefined;
  const id = running.InstanceRefreshId ?? '';
  if (ours && (await isOfThisRollback(context, running))) return undefined;
  const halted = await haltedRollout(context, id);
  if (!halted)
    throw new RolloutFailed(
      `Instance refresh ${id} of group ${record.group} was started by somebody else; AWS runs one at a time. ` +
        'Cancel it or wait for its end, then roll back again.',
    );
  const waiting = { waitFor: [refreshThing(id)], progress: 'the halted rollout comes to its end' };
  if (running.Status === 'Cancelling') return waiting;
  const group = await describeGroup(autoScaling, record.group);
  // The group holds what it held before, and nothing was provisioned in place: AWS's own way back ends at the target.
  const sameEnd = !halted.inPlace && isAt(group, record.launchTemplate);
  if (sameEnd && (await rolledBackByAws(context, autoScaling, running))) return { adopted: id };
  if (running.Status === 'RollbackInProgress') return waiting;
  await context.guard();
  await autoScaling
    .send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: record.group }))
    .catch((error: unknown) => {
      if (nameOf(error) !== 'ActiveInstanceRefreshNotFoundFault') throw error;
    });
  return waiting;
};

const isOfThisRollback = async (
  { record }: StepContext,
  { DesiredConfiguration: desired, StartTime: started }: InstanceRefresh,
): Promise<boolean> => {
  const template =
    desired?.LaunchTemplate ?? desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  return (
    template?.Version === record.launchTemplate?.version &&
    (started?.getTime() ?? Infinity) >= record.acceptedAt - 60_000
  );
};

/** The rollout of the deployment that was halted, if the refresh is its. */
const haltedRollout = async (
  { core, record }: StepContext,
  refreshId: string,
): Promise<{ inPlace: boolean } | undefined> => {
  if (record.halted === undefined) return undefined;
  const [halted, effects] = await Promise.all([
    core.records.find(record.halted),
    core.effects.list(record.halted),
  ]);
  const isIt = ({ kind, result }: Effect): boolean =>
    kind === 'refresh' && (result as { refreshId?: string } | undefined)?.refreshId === refreshId;
  return halted && effects.some(isIt)
    ? { inPlace: provisionedInPlace({ record: halted }, effects) }
    : undefined;
};

/** @returns false where AWS cannot: the refresh is over, or knows no way back. */
const rolledBackByAws = async (
  context: StepContext,
  autoScaling: AutoScalingClient,
  { InstanceRefreshId: refreshId = '', Status: status }: InstanceRefresh,
): Promise<boolean> => {
  const { record } = context;
  const spec = {
    kind: 'refresh',
    target: record.group,
    before: null,
    wrote: record.launchTemplate,
  } as const;
  if (status === 'RollbackInProgress') {
    await context.change(spec, async () => ({ refreshId }));
    return true;
  }
  await context.guard();
  try {
    await autoScaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: record.group }));
  } catch (error) {
    if (!['ActiveInstanceRefreshNotFoundFault', 'IrreversibleInstanceRefreshFault'].includes(nameOf(error)))
      throw error;
    return false;
  }
  await context.change(spec, async () => ({ refreshId }));
  return true;
};

const start = async (context: StepContext, { autoScaling, ec2 }: RollBackClients): Promise<string> => {
  const { record, settings } = context;
  const template = templateOf(context);
  const group = await describeGroup(autoScaling, record.group);
  const { changedInPlace } = await membersByRelease(ec2, group, { ...record, launchTemplate: template });
  const { refreshId } = await context.change(
    { kind: 'refresh', target: record.group, before: null, wrote: withPolicy(template, group) },
    async ({ intendedAt }, again) => {
      const { ours } = again
        ? await lookForRefresh(autoScaling, record.group, template, intendedAt)
        : { ours: undefined };
      if (ours) return { refreshId: ours.InstanceRefreshId ?? '' };
      const refreshId = await startRefresh(
        autoScaling,
        {
          AutoScalingGroupName: record.group,
          Strategy: 'Rolling',
          DesiredConfiguration: launchSource(group, template),
          Preferences: rollbackPreferences(settings.rollout, {
            fast: record.fast === true,
            skipMatching: !changedInPlace,
          }),
        },
        { template, since: intendedAt },
      );
      return { refreshId };
    },
  );
  return refreshId;
};
