import type { SSMClient } from '@aws-sdk/client-ssm';
import { lockKey } from '../../engine/waiting/resourceKeys';
import type { Progress } from '../../engine/waiting/waitingStep';
import type { Waits } from '../../engine/waiting/waits';
import { holdOf, type StepContext } from '../../engine/context';
import { runWaves } from '../../engine/compensating';
import { isOpen } from '../../engine/effect';
import type { RefreshClients, RefreshMemo, SaveRefresh } from '../../rollout/followRefresh';
import { adoptLock } from './adoptLock';
import { goesForward } from '../../engine/forward';
import { agreeToHandOver } from './handOver';
import { provisionedInPlace } from './inPlace';
import { endOtherWaits } from './otherSteps';
import { undoWaves } from './registry';
import { noteTouched } from './touchedInstances';
import { whileUndoing } from './whileUndoing';

export interface UndoTools extends RefreshClients {
  readonly ssm: SSMClient;
  readonly waits: Waits;
}

/** How often the lock is polled while another execution hands it over, in seconds. */
const handOverSeconds = 15;

/**
 * The first phase of the compensation: stops what still runs, lets the fleet scale again, and notes on which instances
 * something had begun. Nothing is undone after the point of no return. A deployment that a rollback halted leaves its
 * rollout to that rollback.
 */
export const undo = async (
  context: StepContext,
  tools: UndoTools,
  memo: Partial<RefreshMemo> = {},
  save: SaveRefresh = async () => undefined,
): Promise<Progress> => {
  const { record, core } = context;
  if (record.completedAt !== undefined) return { over: {} };
  if (record.kind === 'rollback') {
    const lock = await adoptLock(context);
    if (lock === 'adopted') return { waitFor: [], expectedSeconds: 1 };
    if (lock === 'coming')
      return {
        waitFor: [lockKey(record.group)],
        expectedSeconds: handOverSeconds,
        progress: `waits until ${record.halted ?? 'the halted deployment'} hands over the lock`,
      };
    if (lock === 'none') return { over: {} };
  }
  if (record.undoneSince === undefined)
    await core.records.set(record.deployment, { undoneSince: core.clock() });
  // A rollback that goes forward is not halted.
  const lock = goesForward(record)
    ? undefined
    : await core.locks.halt(holdOf(record, true), {
        by: record.deployment,
        reason: record.failure?.message.slice(0, 1_000) ?? 'A step of the deployment ran out of its time.',
      });
  const handedTo = record.handedTo ?? (await agreeToHandOver(context, lock));
  const seconds = await endOtherWaits(tools.waits, record.deployment, core.clock());
  if (seconds !== undefined)
    return { waitFor: [], expectedSeconds: seconds, progress: 'waits for the last look of a step to end' };
  const effects = await core.effects.list(record.deployment);
  const inPlace = provisionedInPlace(context, effects);
  const waves = undoWaves({
    ...tools,
    stopsRollout: !handedTo && !goesForward(record),
    inPlace: inPlace || record.kind === 'rollback',
  });
  const waiting = await runWaves(waves, context, effects.filter(isOpen));
  if (waiting) return whileUndoing({ context, memo, save, clients: tools }, waiting);
  await noteTouched(context, tools, effects);
  return { over: {} };
};
