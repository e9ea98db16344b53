import type {
  CancelCommandCommandInput,
  CancelCommandCommandOutput,
  CommandInvocationStatus,
  GetCommandInvocationCommandInput,
  GetCommandInvocationCommandOutput,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { stateOf } from '../agents';
import type { Answer } from '../answer';
import { outputUrl, stepsOf } from '../commands/describe';
import { cancel } from '../commands/run';
import { hasEnded } from '../commands/status';
import type { Command, Invocation } from '../state';

/** AWS: the first 24,000 characters of stdout, 8,000 of stderr. */
const outputCharacters = 24_000;
const errorCharacters = 8_000;

const findInvocation = (region: Region, input: GetCommandInvocationCommandInput) => {
  const command = stateOf(region).commands[input.CommandId ?? ''];
  const invocation = command?.invocations.find(({ instanceId }) => instanceId === input.InstanceId);
  if (!command || !invocation)
    throw new AwsError(
      'InvocationDoesNotExist',
      'The command ID and managed node ID you specified did not match any invocations.',
    );
  return { command, invocation };
};

const iso = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString());

const describe = (
  region: Region,
  command: Command,
  invocation: Invocation,
  plugin: { name: string; action: string } | undefined,
): Answer<GetCommandInvocationCommandOutput> => {
  const { startedAt, endedAt, outcome } = invocation;
  const outcomeAtEnd = hasEnded(invocation) && startedAt !== undefined ? outcome : undefined;
  const elapsedMs = startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined;
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: plugin?.name ?? '',
    ResponseCode: outcomeAtEnd?.responseCode ?? -1,
    ExecutionStartDateTime: iso(startedAt),
    ExecutionElapsedTime: elapsedMs === undefined ? '' : `PT${String(elapsedMs / 1000)}S`,
    ExecutionEndDateTime: startedAt === undefined ? '' : iso(endedAt),
    Status: invocation.status satisfies CommandInvocationStatus,
    StatusDetails: invocation.statusDetails,
    StandardOutputContent: outcomeAtEnd?.output.slice(0, outputCharacters) ?? '',
    StandardOutputUrl: plugin ? outputUrl(region, command, invocation, plugin, 'stdout') : '',
    StandardErrorContent: outcomeAtEnd?.errorOutput.slice(0, errorCharacters) ?? '',
    StandardErrorUrl: plugin ? outputUrl(region, command, invocation, plugin, 'stderr') : '',
    CloudWatchOutputConfig: { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
};

export const getCommandInvocation: Action<
  GetCommandInvocationCommandInput,
  Answer<GetCommandInvocationCommandOutput>
> = {
  requires: () => [{ action: 'ssm:GetCommandInvocation', resource: '*' }],
  run: (input, region) => {
    const { command, invocation } = findInvocation(region, input);
    const steps = stepsOf(region, command);
    const plugin = steps.find(({ name }) => name === input.PluginName);
    if (input.PluginName !== undefined && !plugin)
      throw new AwsError('InvalidPluginName', 'The plugin name is not valid.');
    return describe(region, command, invocation, plugin ?? steps.at(-1));
  },
};

export const cancelCommand: Action<CancelCommandCommandInput, Answer<CancelCommandCommandOutput>> = {
  requires: () => [{ action: 'ssm:CancelCommand', resource: '*' }],
  run: (input, region) => {
    const command = stateOf(region).commands[input.CommandId ?? ''];
    if (!command)
      throw new AwsError('InvalidCommandId', `The command id ${String(input.CommandId)} does not exist.`);
    cancel(region, command, input.InstanceIds);
    return {} satisfies Answer<CancelCommandCommandOutput>;
  },
};
