import { CancelCommandCommand, paginateListCommands, type SSMClient } from '@aws-sdk/client-ssm';
import { nameOf } from '../aws/failure';
import type { ActEnd } from '../engine/compensating';
import type { StepContext } from '../engine/context';
import type { Effect, NothingWritten } from '../engine/effect';
import { defineEffect, type EffectRepair } from '../engine/effectKind';
import { aws, data, derived, found, jmespath, structures } from '../engine/repairCommand';
import { never, settleAs, undone } from '../engine/settled';
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
  readonly result: { readonly commandId: string };
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
 * Cancels the commands that still run. One that has ended is settled: there is nothing to cancel any more. What it did
 * to instances is not undone by that, and is noted by their tags.
 */
export const cancelCommands = (
  context: StepContext,
  ssm: SSMClient,
  effects: readonly Effect<CommandShape>[],
): Promise<ActEnd> => endAll(context, ssm, effects, true);

/** Waits for the commands that still run, and settles those that have ended. */
export const awaitCommands = (
  context: StepContext,
  ssm: SSMClient,
  effects: readonly Effect<CommandShape>[],
): Promise<ActEnd> => endAll(context, ssm, effects, false);

const endAll = async (
  context: StepContext,
  ssm: SSMClient,
  effects: readonly Effect<CommandShape>[],
  cancels: boolean,
): Promise<ActEnd> => {
  const running = await Promise.all(effects.map((effect) => endOne(context, ssm, effect, cancels)));
  const waitFor = running.flatMap((id) => (id === undefined ? [] : [commandKey(id)]));
  return waitFor.length > 0 ? { waitFor } : {};
};

/** @returns the command's id while it runs. */
const endOne = async (
  context: StepContext,
  ssm: SSMClient,
  effect: Effect<CommandShape>,
  cancels: boolean,
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
    await settleAs(context.core, effect, undone);
    return undefined;
  }
  if (cancels && status !== 'Cancelling') {
    await context.guard();
    await ssm.send(new CancelCommandCommand({ CommandId: commandId })).catch((error: unknown) => {
      // Not known any more, or over since it was read.
      if (!['InvalidCommandId', 'DuplicateInstanceId'].includes(nameOf(error))) throw error;
    });
  }
  return commandId;
};
