import type {
  Command as CommandOutput,
  CommandInvocation as InvocationOutput,
  CommandPlugin,
  CommandStatus,
} from '@aws-sdk/client-ssm';
import type { Region } from '../../core/service';
import { findDocument, findVersion } from '../documents/find';
import { pluginsOf, readContent } from '../documents/content';
import { ec2Instance } from '../ec2';
import type { Command, Invocation } from '../state';
import { hasEnded } from './status';

/** AWS: ListCommandInvocations cuts a plugin's output after 2,500 characters. */
const pluginOutputCharacters = 2_500;

const isDeliveryTimeOut = ({ statusDetails }: Invocation) => statusDetails === 'DeliveryTimedOut';

export const describeCommand = (command: Command): CommandOutput => {
  const { invocations } = command;
  const ended = invocations.filter(hasEnded);
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    ExpiresAfter: new Date(command.expiresAt),
    Parameters: Object.fromEntries(
      Object.entries(command.parameters).map(([name, values]) => [name, [...values]]),
    ),
    InstanceIds: [...command.instanceIds],
    Targets: command.targets.map(({ key, values }) => ({ Key: key, Values: [...values] })),
    RequestedDateTime: new Date(command.requestedAt),
    Status: command.status,
    StatusDetails: command.statusDetails,
    OutputS3BucketName: command.bucket ?? '',
    OutputS3KeyPrefix: command.prefix ?? '',
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: ended.length,
    ErrorCount: ended.filter((one) => one.status !== 'Success' && !isDeliveryTimeOut(one)).length,
    DeliveryTimedOutCount: invocations.filter(isDeliveryTimeOut).length,
    TimeoutSeconds: command.timeoutSeconds,
  };
};

/** The location of the whole output, if a bucket was given. */
export const outputUrl = (
  region: Region,
  { bucket, prefix, id }: Command,
  { instanceId, startedAt }: Invocation,
  plugin: { name: string; action: string },
  file: 'stdout' | 'stderr',
): string => {
  if (bucket === undefined || startedAt === undefined) return '';
  const folder = plugin.action.replace(':', '');
  const path = [prefix, id, instanceId, folder, plugin.name === plugin.action ? `0.${folder}` : plugin.name];
  return `https://s3.${region.name}.amazonaws.com/${[bucket, ...path.filter((part) => part), file].join('/')}`;
};

/** The document's steps. The last one has the output and status of the whole. */
export const stepsOf = (region: Region, command: Command) =>
  pluginsOf(
    readContent(findVersion(findDocument(region, command.documentName), command.documentVersion).content),
  );

const describePlugin = (
  region: Region,
  command: Command,
  invocation: Invocation,
  plugin: { name: string; action: string },
): CommandPlugin => {
  const { outcome, startedAt, endedAt } = invocation;
  const outcomeAtEnd = hasEnded(invocation) && startedAt !== undefined ? outcome : undefined;
  const output = outcomeAtEnd
    ? [outcomeAtEnd.output, outcomeAtEnd.errorOutput && `----------ERROR-------\n${outcomeAtEnd.errorOutput}`]
    : [];
  return {
    Name: plugin.name,
    // Plugins have no status `Cancelling`: a plugin runs until it has stopped.
    Status: invocation.status === 'Cancelling' ? 'InProgress' : invocation.status,
    StatusDetails: invocation.statusDetails,
    ResponseCode: outcomeAtEnd?.responseCode ?? -1,
    ...(startedAt !== undefined && { ResponseStartDateTime: new Date(startedAt) }),
    ...(endedAt !== undefined && { ResponseFinishDateTime: new Date(endedAt) }),
    Output: output
      .filter((part) => part)
      .join('\n')
      .slice(0, pluginOutputCharacters),
    StandardOutputUrl: outputUrl(region, command, invocation, plugin, 'stdout'),
    StandardErrorUrl: outputUrl(region, command, invocation, plugin, 'stderr'),
    OutputS3Region: region.name,
    OutputS3BucketName: command.bucket ?? '',
    OutputS3KeyPrefix: command.prefix ?? '',
  };
};

export const describeInvocation = (
  region: Region,
  command: Command,
  invocation: Invocation,
  details: boolean,
): InvocationOutput => ({
  CommandId: command.id,
  InstanceId: invocation.instanceId,
  InstanceName: ec2Instance(region, invocation.instanceId)?.tags['Name'] ?? '',
  Comment: command.comment,
  DocumentName: command.documentName,
  DocumentVersion: command.documentVersion,
  RequestedDateTime: new Date(command.requestedAt),
  Status: invocation.status,
  StatusDetails: invocation.statusDetails,
  StandardOutputUrl: '',
  StandardErrorUrl: '',
  CommandPlugins: details
    ? stepsOf(region, command).map((plugin) => describePlugin(region, command, invocation, plugin))
    : [],
});

/** Whether a command or invocation matches a `Status` filter, which may name a status or its details. */
export const hasStatus = (
  { status, statusDetails }: { status: CommandStatus; statusDetails: string },
  wanted: string | undefined,
): boolean => wanted === undefined || wanted === status || wanted === statusDetails;
