import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StepContext } from '../../engine/context';
import { idsIn } from '../../engine/waiting/resourceKeys';
import type { Progress } from '../../engine/waiting/waitingStep';
import { causesOfCommand } from '../../provisioning/agents';
import { cancelRefresh } from '../../rollout/endRefresh';
import {
  followRefresh,
  type RefreshClients,
  type RefreshMemo,
  type SaveRefresh,
} from '../../rollout/followRefresh';

type Waiting = Extract<Progress, { waitFor: readonly string[] }>;

interface Watch {
  readonly context: StepContext;
  readonly memo: Partial<RefreshMemo>;
  readonly save: SaveRefresh;
  readonly clients: RefreshClients & { readonly ssm: SSMClient };
}

/**
 * What the compensation waits for while it stops what still runs, and why. AWS's own rollback of a refresh is watched by
 * the rule of every rollout: if its launches fail, it is cancelled, and Restore goes on with what is there.
 */
export const whileUndoing = async (
  { context, memo, save, clients }: Watch,
  waiting: Waiting,
): Promise<Progress> => {
  const [refreshId] = idsIn(waiting.waitFor, 'refresh');
  const commands = idsIn(waiting.waitFor, 'command');
  if (refreshId !== undefined && refreshId !== '')
    return watchRollback({ context, memo, save, clients }, refreshId, waiting);
  if (commands.length === 0) return waiting;
  return {
    ...waiting,
    progress: `waits until ${String(commands.length)} ${commands.length === 1 ? 'command has' : 'commands have'} stopped`,
    why: async () =>
      (await Promise.all(commands.map((id) => causesOfCommand(clients.ssm, id))))
        .filter((cause) => cause !== undefined)
        .join('; ') || undefined,
  };
};

const watchRollback = async (
  { context, memo, save, clients }: Watch,
  refreshId: string,
  waiting: Waiting,
): Promise<Progress> => {
  const known = memo.refreshId === refreshId ? memo : { refreshId, refreshStartedAt: context.core.clock() };
  if (memo.refreshId !== refreshId) await save(known);
  const look = await followRefresh(context, known, save, clients, {
    version: context.record.baseline?.version,
    stopped: true,
  });
  const seconds = waiting.expectedSeconds;
  if ('ended' in look) return waiting;
  if ('waitFor' in look)
    return { ...look, waitFor: waiting.waitFor, ...(seconds !== undefined && { expectedSeconds: seconds }) };
  await context.guard();
  await cancelRefresh(clients.autoScaling, context.record.group);
  return { ...waiting, progress: 'cancels the rollback of the refresh', reason: look.lost };
};
