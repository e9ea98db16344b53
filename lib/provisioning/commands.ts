import {
  type Command,
  ListCommandsCommand,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { StepContext } from '../engine/context';
import type { Tags } from '../aws/tags';
import type { ProvisioningDocument } from './parameters';

/** Which command of a deployment it is; a deployment sends each once. */
export type CommandPart = ProvisioningPart | `${ProvisioningPart} again${string}` | 'seal' | 'unseal';
export type ProvisioningPart = 'first' | 'rest';

export interface CommandSpec {
  readonly part: CommandPart;
  readonly document: ProvisioningDocument;
  /** Instances by id (at most 50), or all that carry all of the tags. */
  readonly on: readonly string[] | Tags;
  /** Until the agent takes it. AWS wants 30 at least. */
  readonly deliveryTimeoutSeconds: number;
  readonly maxConcurrency?: string;
  readonly maxErrors?: string;
}

/** Unique for a deployment's part, and how it is found again: `SendCommand` has no client token. At most 100 characters. */
export const commentOf = (deployment: string, part: CommandPart): string => `forseti ${deployment} ${part}`;

/** A clock of ours may be ahead of AWS's. */
const clockSkewMs = 5 * 60_000;

/** A command that was sent already, by its comment. */
export const findCommand = async (
  ssm: SSMClient,
  comment: string,
  intendedAt: number,
): Promise<string | undefined> => {
  const value = new Date(intendedAt - clockSkewMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const pages = paginateListCommands(
    { client: ssm, pageSize: 50 },
    { Filters: [{ key: 'InvokedAfter', value }] },
  );
  for await (const page of pages)
    for (const command of page.Commands ?? []) if (command.Comment === comment) return command.CommandId;
  return undefined;
};

/**
 * Sends a command once, and notes it as an effect of kind `command` whose target is its part.
 * @returns its id, also where an earlier try sent it.
 */
export const startCommand = async (
  context: StepContext,
  ssm: SSMClient,
  spec: CommandSpec,
): Promise<string> => {
  const { record, core } = context;
  const comment = commentOf(record.deployment, spec.part);
  const { commandId } = await context.change(
    { kind: 'command', target: spec.part, before: null, wrote: {} },
    async ({ intendedAt }, again) => {
      const sent = again ? await findCommand(ssm, comment, intendedAt) : undefined;
      if (sent !== undefined) return { commandId: sent };
      const { Command: command } = await ssm.send(
        new SendCommandCommand({
          DocumentName: spec.document.name,
          DocumentVersion: spec.document.version,
          Parameters: spec.document.parameters,
          Comment: comment,
          ...receivers(spec.on),
          TimeoutSeconds: Math.max(30, spec.deliveryTimeoutSeconds),
          ...(spec.maxConcurrency !== undefined && { MaxConcurrency: spec.maxConcurrency }),
          ...(spec.maxErrors !== undefined && { MaxErrors: spec.maxErrors }),
          OutputS3BucketName: core.environment.outputBucket,
          OutputS3KeyPrefix: `${record.application}/${record.deployment}`,
        }),
      );
      return { commandId: command?.CommandId ?? '' };
    },
  );
  return commandId;
};

const receivers = (on: CommandSpec['on']) =>
  Array.isArray(on)
    ? { InstanceIds: [...(on as readonly string[])] }
    : {
        Targets: Object.entries(on as Tags).map(([name, value]) => ({ Key: `tag:${name}`, Values: [value] })),
      };

const ended = new Set(['Success', 'Failed', 'Cancelled', 'TimedOut']);

/** Whether a command, or its invocation on an instance, has ended. */
export const isOver = (status: string | undefined): boolean => ended.has(status ?? '');

export interface CommandState {
  readonly over: boolean;
  readonly status: string;
  readonly completed: number;
  readonly targets: number;
}

/** The whole command in one call, whatever the number of instances. A command not listed yet is not over. */
export const commandState = async (ssm: SSMClient, commandId: string): Promise<CommandState> => {
  const { Commands: [command] = [] } = await ssm.send(new ListCommandsCommand({ CommandId: commandId }));
  return stateOf(command);
};

const stateOf = (command: Command | undefined): CommandState => ({
  over: isOver(command?.Status),
  status: command?.StatusDetails ?? command?.Status ?? 'Pending',
  completed: command?.CompletedCount ?? 0,
  targets: command?.TargetCount ?? 0,
});

/** How a command ended on one instance. */
export interface Invocation {
  readonly id: string;
  readonly status: string;
  /** Tells time-outs apart: `DeliveryTimedOut`, `ExecutionTimedOut`, `Undeliverable`, `Terminated`. */
  readonly details: string;
}

export const listInvocations = async (ssm: SSMClient, commandId: string): Promise<Invocation[]> => {
  const found: Invocation[] = [];
  const pages = paginateListCommandInvocations({ client: ssm, pageSize: 50 }, { CommandId: commandId });
  for await (const page of pages)
    for (const { InstanceId, Status, StatusDetails } of page.CommandInvocations ?? [])
      found.push({ id: InstanceId ?? '', status: Status ?? '', details: StatusDetails ?? Status ?? '' });
  return found;
};
