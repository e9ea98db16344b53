import { CancelCommandCommand, paginateListCommands, type SSMClient } from '@aws-sdk/client-ssm';
import { nameOf } from '../aws/failure';
import type { ActEnd } from '../engine/compensating';
import type { StepContext } from '../engine/context';
import type { Effect, NothingWritten } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data, derived, found, jmespath, structures } from '../engine/repairCommand';
import { never, settleAs } from '../engine/settled';
import { commandKey } from '../engine/waiting/resourceKeys';
import { commandState } from './commandState';

/** Which command of a deployment it is; a deployment sends each once. */
export type CommandPart = ProvisioningPart | `${ProvisioningPart} again${string}` | 'seal' | 'unseal';
export type ProvisioningPart = 'first' | 'rest';

/** A command that was sent to instances. */
export interface CommandShape {
  readonly kind: 'command';
  readonly target: CommandPart;
  readonly before: null;
  readonly wrote: NothingWritten;
  readonly result: {
    readonly commandId: string;
    /** Set where its end was seen: there is nothing to cancel any more. */
    readonly over?: true;
  };
}

/**
 * Unique for a deployment's part. `SendCommand` has no client token, so a command is found again by this comment. At
 * most 100 characters.
 */
export const commentOf = (deployment: string, part: CommandPart): string => `forseti ${deployment} ${part}`;

/** Our clock may be ahead of AWS's. */
const clockSkewMs = 5 * 60_000;

/** `InvokedAfter` of Systems Manager's `ListCommands`: ISO 8601 without fractions. */
const invokedAfter = (intendedAt: number): string =>
  new Date(intendedAt - clockSkewMs).toISOString().replace(/\.\d{3}Z$/, 'Z');

export const commandEffect = defineEffect<CommandShape>('command');

export const commandRepair: EffectRepair<CommandShape> = {
  of: commandEffect,
  scope: 'instances',
  repair: (effect, { region }) => {
    if (effect.result?.over !== undefined)
      return { lookAt: 'The command has ended; the instances on which it ran are listed by themselves.' };
    const sent = found(
      { region },
      'ssm list-commands',
      { '--filters': structures([{ key: 'InvokedAfter', value: invokedAfter(effect.intendedAt) }]) },
      jmespath`Commands[?Comment==${derived(effect, (of) => commentOf(of.deployment, of.target))}].CommandId`,
    );
    return aws({ region }, 'ssm cancel-command', {
      '--command-id': effect.result ? data(effect.result.commandId) : sent,
    });
  },
};

/** Finds a command that was sent already, by its comment. */
export const findCommand = async (
  ssm: SSMClient,
  comment: string,
  intendedAt: number,
): Promise<string | undefined> => {
  const pages = paginateListCommands(
    { client: ssm, pageSize: 50 },
    { Filters: [{ key: 'InvokedAfter', value: invokedAfter(intendedAt) }] },
  );
  for await (const page of pages)
    for (const command of page.Commands ?? []) if (command.Comment === comment) return command.CommandId;
  return undefined;
};

/**
 * Cancels the commands that still run. That does not undo what they did to instances: the effects stay open until
 * Restore has replaced the instances.
 */
export const cancelCommands = async (
  context: StepContext,
  ssm: SSMClient,
  effects: readonly Effect<CommandShape>[],
): Promise<ActEnd> => {
  const running = await Promise.all(effects.map((effect) => cancelOne(context, ssm, effect)));
  const waitFor = running.flatMap((id) => (id === undefined ? [] : [commandKey(id)]));
  return waitFor.length > 0 ? { waitFor } : {};
};

const cancelOne = async (
  context: StepContext,
  ssm: SSMClient,
  effect: Effect<CommandShape>,
): Promise<string | undefined> => {
  const known = effect.result?.commandId;
  const comment = commentOf(effect.deployment, effect.target);
  const commandId = known ?? (await findCommand(ssm, comment, effect.intendedAt));
  if (commandId === undefined) {
    await settleAs(context.core, effect, never);
    return undefined;
  }
  if (known === undefined) await context.core.effects.settle(effect, 'done', { result: { commandId } });
  const { over, status } = await commandState(ssm, commandId);
  if (over) {
    if (effect.result?.over !== true)
      await context.core.effects.settle(effect, 'done', { result: { commandId, over: true } });
    return undefined;
  }
  if (status !== 'Cancelling') {
    await context.guard();
    await ssm.send(new CancelCommandCommand({ CommandId: commandId })).catch((error: unknown) => {
      // Not known any more, or over since it was read.
      if (!['InvalidCommandId', 'DuplicateInstanceId'].includes(nameOf(error))) throw error;
    });
  }
  return commandId;
};
