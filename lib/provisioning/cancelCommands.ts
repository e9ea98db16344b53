import { CancelCommandCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { nameOf } from '../aws/failure';
import { type CommandPart, commandState, commentOf, findCommand } from './commands';
import { commandKey } from '../engine/waiting/resourceKeys';
import type { StepContext } from '../engine/context';
import { type Effect, isOpen } from '../engine/effects';
import { settleAs, never } from '../engine/settled';

/**
 * Cancels the commands that run still. What they did to instances is not undone by that: the effects stay open until
 * Restore has replaced the instances.
 * @returns the things to wait for.
 */
export const cancelCommands = async (
  context: StepContext,
  ssm: SSMClient,
  effects: readonly Effect[],
): Promise<string[]> => {
  const open = effects.filter((effect) => effect.kind === 'command' && isOpen(effect));
  const running = await Promise.all(open.map((effect) => cancelOne(context, ssm, effect)));
  return running.flatMap((id) => (id === undefined ? [] : [commandKey(id)]));
};

const cancelOne = async (
  context: StepContext,
  ssm: SSMClient,
  effect: Effect,
): Promise<string | undefined> => {
  const known = (effect.result as { commandId?: string } | undefined)?.commandId;
  const comment = commentOf(effect.deployment, effect.target as CommandPart);
  const commandId = known ?? (await findCommand(ssm, comment, effect.intendedAt));
  if (commandId === undefined) {
    await settleAs(context.core, effect, never);
    return undefined;
  }
  if (known === undefined) await context.core.effects.settle(effect, 'done', { result: { commandId } });
  const { over, status } = await commandState(ssm, commandId);
  if (over) return undefined;
  if (status !== 'Cancelling') {
    await context.guard();
    await ssm.send(new CancelCommandCommand({ CommandId: commandId })).catch((error: unknown) => {
      // Not known any more, or over since we looked.
      if (!['InvalidCommandId', 'DuplicateInstanceId'].includes(nameOf(error))) throw error;
    });
  }
  return commandId;
};
