import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { describeGroup } from '../../fleet/group';
import { launchSource, withPolicy } from '../../rollout/launchSource';
import { restorePreferences } from '../../rollout/preferences';
import {
  findRefresh,
  isActive,
  lookForRefresh,
  mayBeUnlisted,
  progressOf,
  startRefresh,
} from '../../rollout/refreshes';
import { refreshThing } from '../../waiting/things';
import type { Progress } from '../../waiting/waitingStep';
import type { StepContext } from '../context';
import type { Effect } from '../effects';
import { RestoreFailed } from '../errors';
import { mendOf } from './mend';
import { settleAs, undone } from './settled';

export interface RestoreMemo extends Record<string, unknown> {
  refreshId: string;
  /** Epoch ms. */
  refreshStartedAt: number;
  total: number;
}

export const restoreTarget = (group: string): string => `${group} restore`;

interface Restore {
  readonly context: StepContext;
  readonly memo: Partial<RestoreMemo>;
  readonly save: (memo: Partial<RestoreMemo>) => Promise<void>;
  readonly autoScaling: AutoScalingClient;
  /** Instances were provisioned in place: all are replaced, whatever their template says. */
  readonly inPlace: boolean;
  /** Somebody else gave the group another template meanwhile: it stays, and so the group's own is launched. */
  readonly foreignTemplate: boolean;
}

/**
 * A refresh back to the baseline, awaited.
 * @throws RestoreFailed; the effect is noted as `left` then.
 */
export const refreshToBaseline = async (restore: Restore): Promise<Progress> => {
  const { context, memo, save, autoScaling } = restore;
  const { record, core } = context;
  let id = memo.refreshId;
  if (id === undefined) {
    const started = await start(restore);
    if (started === undefined) return { waitFor: [] };
    id = started;
    await save({ refreshId: id, refreshStartedAt: core.clock() });
  }
  const refresh = await findRefresh(autoScaling, record.group, id);
  if (refresh && isActive(refresh)) {
    const total = Math.max(memo.total ?? 0, refresh.InstancesToUpdate ?? 0);
    if (total !== (memo.total ?? 0)) await save({ total });
    const progress = progressOf(refresh, total);
    return { waitFor: [refreshThing(id)], ...(progress !== undefined && { progress: `back: ${progress}` }) };
  }
  if (!refresh && mayBeUnlisted(memo.refreshStartedAt, core.clock())) return { waitFor: [refreshThing(id)] };
  const effect = await core.effects.find(record.deployment, 'refresh', restoreTarget(record.group));
  if (refresh?.Status === 'Successful') {
    if (effect) await settleAs(core, effect, undone);
    return { over: {} };
  }
  const why = `Instance refresh ${id} back to ${baselineText(context)} ended as ${refresh?.Status ?? 'unknown'}: ${refresh?.StatusReason ?? 'AWS gives no reason.'}`;
  await leave(context, effect, why);
  throw new RestoreFailed(why);
};

const baselineText = ({ record: { baseline } }: StepContext): string =>
  `${baseline?.version ?? 'the baseline'} (version ${baseline?.launchTemplate.version ?? '?'} of its launch template)`;

const leave = async (context: StepContext, effect: Effect | undefined, note: string): Promise<void> => {
  if (effect)
    await settleAs(context.core, effect, { state: 'left', note, mend: mendOf(effect, context.record) });
};

/** @returns its id; undefined while another refresh is still in the way. */
const start = async ({
  context,
  autoScaling,
  inPlace,
  foreignTemplate,
}: Restore): Promise<string | undefined> => {
  const { record, settings } = context;
  const baseline = record.baseline?.launchTemplate;
  if (!baseline)
    throw new RestoreFailed(
      `Deployment ${record.deployment} has no baseline: there is nothing to restore to.`,
    );
  const [{ running }, group] = await Promise.all([
    lookForRefresh(autoScaling, record.group, undefined, record.acceptedAt),
    describeGroup(autoScaling, record.group),
  ]);
  const target = restoreTarget(record.group);
  const earlier = await context.core.effects.find(record.deployment, 'refresh', target);
  const forward = await context.core.effects.find(record.deployment, 'refresh', record.group);
  const forwardId = (forward?.result as { refreshId?: string } | undefined)?.refreshId;
  // Without a template of its own, a refresh of ours is known by its time only.
  const wanted = foreignTemplate ? undefined : baseline;
  // A refresh of ours that was started just before a death is adopted below; any other has to end first.
  if (running && !earlier) return undefined;
  const { refreshId } = await context.change(
    { kind: 'refresh', target, before: null, wrote: withPolicy(baseline, group) },
    async ({ intendedAt }, again) => {
      const { ours } = again
        ? await lookForRefresh(autoScaling, record.group, wanted, intendedAt)
        : { ours: undefined };
      // A rollback's own refresh went to the same version, and failed.
      if (ours && ours.InstanceRefreshId !== forwardId) return { refreshId: ours.InstanceRefreshId ?? '' };
      const refreshId = await startRefresh(
        autoScaling,
        {
          AutoScalingGroupName: record.group,
          Strategy: 'Rolling',
          ...(!foreignTemplate && { DesiredConfiguration: launchSource(group, baseline) }),
          Preferences: restorePreferences(settings.rollout, inPlace),
        },
        { template: wanted, since: intendedAt },
      );
      return { refreshId };
    },
  );
  return refreshId;
};
