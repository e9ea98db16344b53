import { describeGroup } from '../../fleet/group';
import { cancelRefresh } from '../../rollout/endRefresh';
import {
  followRefresh,
  type RefreshClients,
  type RefreshMemo,
  type SaveRefresh,
} from '../../rollout/followRefresh';
import { preferencesBack } from '../../rollout/preferences';
import {
  refreshEffect,
  refreshIdOf,
  refreshRepair,
  type RefreshShape,
  restoreTarget,
} from '../../rollout/refreshEffect';
import { findRefreshes } from '../../rollout/refreshes';
import { startWayBack } from '../../rollout/startWayBack';
import type { Progress } from '../../engine/waiting/waitingStep';
import type { StepContext } from '../../engine/context';
import type { Effect } from '../../engine/effect';
import { repairOf } from '../../engine/effectKind';
import { RestoreFailed } from '../../engine/errors';
import { left, repairSite, settleAs, undone } from '../../engine/settled';

interface Restore {
  readonly context: StepContext;
  readonly memo: Partial<RefreshMemo>;
  readonly save: SaveRefresh;
  readonly clients: RefreshClients;
  /** Instances were provisioned in place: all are replaced, whatever their template says. */
  readonly inPlace: boolean;
  /** The group's launch template was changed externally: it stays, and so the refresh launches from it. */
  readonly foreignTemplate: boolean;
}

/**
 * A refresh back to the baseline, awaited.
 * @returns why it was given up, if its newcomers do not come up: it was cancelled then.
 * @throws RestoreFailed; the effect is noted as `left` then.
 */
export const refreshToBaseline = async (restore: Restore): Promise<Progress | { readonly lost: string }> => {
  const { context, save, clients } = restore;
  const { record, core } = context;
  let { memo } = restore;
  if (memo.refreshId === undefined) {
    const refreshId = await start(restore);
    if (refreshId === undefined) return { waitFor: [] };
    const started = { refreshId, refreshStartedAt: core.clock() };
    await save(started);
    memo = { ...memo, ...started };
  }
  const look = await followRefresh(context, memo, save, clients, { version: record.baseline?.version });
  if ('waitFor' in look)
    return { ...look, ...(look.progress !== undefined && { progress: `back: ${look.progress}` }) };
  if ('lost' in look) {
    // Its repair command starts another one, and AWS runs one at a time.
    await context.guard();
    await cancelRefresh(clients.autoScaling, record.group);
    return look;
  }
  const effect = await core.effects.find(record.deployment, refreshEffect, restoreTarget(record.group));
  const refresh = look.ended;
  if (refresh?.Status === 'Successful') {
    if (effect) await settleAs(core, effect, undone);
    return { over: {} };
  }
  const why = `Instance refresh ${memo.refreshId ?? ''} back to ${baselineText(context)} ended as ${refresh?.Status ?? 'unknown'}: ${refresh?.StatusReason ?? 'AWS gives no reason.'}`;
  await leave(context, effect, why);
  throw new RestoreFailed(why);
};

const baselineText = ({ record: { baseline } }: StepContext): string =>
  `${baseline?.version ?? 'the baseline'} (version ${baseline?.launchTemplate.version ?? '?'} of its launch template)`;

const leave = async (
  context: StepContext,
  effect: Effect<RefreshShape> | undefined,
  note: string,
): Promise<void> => {
  if (effect)
    await settleAs(context.core, effect, left(note, repairOf(refreshRepair, effect, repairSite(context))));
};

/** @returns the refresh's id; undefined while another refresh still runs. */
const start = async ({
  context,
  clients: { autoScaling },
  inPlace,
  foreignTemplate,
}: Restore): Promise<string | undefined> => {
  const { record, settings, core } = context;
  const baseline = record.baseline?.launchTemplate;
  if (!baseline)
    throw new RestoreFailed(
      `Deployment ${record.deployment} has no baseline: there is nothing to restore to.`,
    );
  const [{ running }, group] = await Promise.all([
    findRefreshes(autoScaling, record.group, undefined, record.acceptedAt),
    describeGroup(autoScaling, record.group),
  ]);
  const target = restoreTarget(record.group);
  const [earlier, forward] = await Promise.all(
    [target, record.group].map((one) => core.effects.find(record.deployment, refreshEffect, one)),
  );
  // A refresh that this step started just before it died is adopted; any other has to end first.
  if (running && !earlier) return undefined;
  return startWayBack(context, autoScaling, {
    group,
    target,
    template: baseline,
    foreignTemplate,
    preferences: preferencesBack(settings.rollout, { skipMatching: !inPlace }),
    // The rollback's own refresh went to the same version, and failed.
    except: refreshIdOf(forward),
  });
};
