import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Progress } from '../../waiting/waitingStep';
import type { Waits } from '../../waiting/waits';
import { imageFrom } from '../accept';
import { holdOf, type StepContext } from '../context';
import type { Effect } from '../effects';
import { cancelCommands } from './commands';
import { endOtherWaits } from './otherSteps';
import { putBackProcesses } from './processes';
import { stopRefresh } from './refresh';
import { isOpen, settleBy } from './settled';

export interface UndoTools {
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
  readonly waits: Waits;
}

/**
 * The first of the compensation: stops what still runs, and lets the fleet scale again. Nothing is undone after the
 * point of no return.
 */
export const undo = async (context: StepContext, tools: UndoTools): Promise<Progress> => {
  const { record, core } = context;
  if (record.completedAt !== undefined) return { over: {} };
  await core.locks.halt(holdOf(record), {
    by: record.deployment,
    reason: record.failure?.message.slice(0, 1_000) ?? 'A step of the deployment failed.',
  });
  const seconds = await endOtherWaits(tools.waits, record.deployment, core.clock());
  if (seconds !== undefined) return { waitFor: [], expectedSeconds: seconds };
  const effects = await core.effects.list(record.deployment);
  const open = effects.filter(isOpen);
  const processes = open.filter(({ kind }) => kind === 'processes');
  for (const effect of processes)
    await settleBy(context, effect, () => putBackProcesses(context, tools.autoScaling, effect));
  const inPlace = provisionedInPlace(context, effects);
  const refreshes = open.filter(({ kind, target }) => kind === 'refresh' && target === record.group);
  const things = await Promise.all([
    cancelCommands(context, tools.ssm, open),
    ...refreshes.map((effect) => stopRefresh(context, tools.autoScaling, effect, inPlace)),
  ]);
  return things.flat().length > 0 ? { waitFor: things.flat() } : { over: {} };
};

/** Whether commands ran (or may have run) on the serving fleet: its instances are not what their template says. */
export const provisionedInPlace = (
  { record }: Pick<StepContext, 'record'>,
  effects: readonly Effect[],
): boolean =>
  imageFrom(record) === 'fleet' && effects.some(({ kind, state }) => kind === 'command' && state !== 'void');
