import {
  type CommandPlugin,
  paginateListCommandInvocations,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { StepContext } from '../engine/context';
import type { Tags } from '../aws/tags';
import { commandEffect, type CommandPart, commentOf, findCommand } from './commandEffect';
import type { ProvisioningDocument } from './parameters';

export interface CommandSpec {
  readonly part: CommandPart;
  readonly document: ProvisioningDocument;
  /** Instances by id (at most 50), or all that carry all of the tags. */
  readonly on: readonly string[] | Tags;
  /** Time until the agent takes the command. AWS requires at least 30. */
  readonly deliveryTimeoutSeconds: number;
  readonly maxConcurrency?: string;
  readonly maxErrors?: string;
}

/**
 * Sends a command once, and notes it as an effect of kind `command` whose target is its part.
 * @returns its id, also if an earlier try sent it.
 */
export const startCommand = async (
  context: StepContext,
  ssm: SSMClient,
  spec: CommandSpec,
): Promise<string> => {
  const { record, core } = context;
  const comment = commentOf(record.deployment, spec.part);
  const { commandId } = await context.change(
    commandEffect,
    { target: spec.part, before: null, wrote: {} },
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

/** How a command ended on one instance. */
export interface Invocation {
  readonly id: string;
  readonly status: string;
  /** Distinguishes time-outs: `DeliveryTimedOut`, `ExecutionTimedOut`, `Undeliverable`, `Terminated`. */
  readonly details: string;
  /** Whether a step of the document has started there; absent where the steps were not asked for. */
  readonly started?: boolean;
  /** That of the last step that ran, from 0 on; only where the steps were asked for. */
  readonly exitStatus?: number;
}

/** @param withSteps a page takes longer, and tells whether anything has started. */
export const listInvocations = async (
  ssm: SSMClient,
  commandId: string,
  { withSteps = false }: { readonly withSteps?: boolean } = {},
): Promise<Invocation[]> => {
  const found: Invocation[] = [];
  const pages = paginateListCommandInvocations(
    { client: ssm, pageSize: 50 },
    { CommandId: commandId, ...(withSteps && { Details: true }) },
  );
  for await (const page of pages)
    for (const { InstanceId, Status, StatusDetails, CommandPlugins } of page.CommandInvocations ?? [])
      found.push({
        id: InstanceId ?? '',
        status: Status ?? '',
        details: StatusDetails ?? Status ?? '',
        ...(withSteps && stepsRun(CommandPlugins ?? [])),
      });
  return found;
};

/**
 * AWS: a response code of -1 means that the command has not started to run, or was not received (GetCommandInvocation);
 * a step that has not started has no time of a start, or that of 1970.
 */
const stepsRun = (steps: readonly CommandPlugin[]): Pick<Invocation, 'started' | 'exitStatus'> => {
  const codes = steps.flatMap(({ ResponseCode: code }) => (code !== undefined && code >= 0 ? [code] : []));
  const exitStatus = codes.find((code) => code > 0) ?? codes.at(-1);
  return {
    started: codes.length > 0 || steps.some(({ ResponseStartDateTime: at }) => (at?.getTime() ?? 0) > 0),
    ...(exitStatus !== undefined && { exitStatus }),
  };
};
