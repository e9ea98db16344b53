import type { SendCommandCommandInput, SendCommandCommandOutput } from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import type { Answer } from '../answer';
import { describeCommand } from '../commands/describe';
import { checkRate } from '../commands/rates';
import { begin } from '../commands/run';
import { checkTargets, resolveTargets } from '../commands/targets';
import { checkParameters } from '../documents/checkParameters';
import { executionTimeoutSeconds, readContent } from '../documents/content';
import { documentArn, findDocument, findVersion } from '../documents/find';
import { ec2Instance } from '../ec2';
import type { Command, CommandTarget } from '../state';

/** AWS: 3,600 s by default. */
const usualTimeoutSeconds = 3600;

const targetsOf = ({ Targets }: SendCommandCommandInput): CommandTarget[] =>
  (Targets ?? []).map(({ Key, Values }) => ({ key: Key ?? '', values: Values ?? [] }));

const invalid = (message: string) =>
  new AwsError('ValidationException', `1 validation error detected: ${message}`);

const checkInput = (input: SendCommandCommandInput) => {
  const { Comment, TimeoutSeconds } = input;
  if (Comment !== undefined && Comment.length > 100)
    throw invalid(
      `Value '${Comment}' at 'comment' failed to satisfy constraint: Member must have length less than or equal to 100`,
    );
  if (TimeoutSeconds !== undefined && (TimeoutSeconds < 30 || TimeoutSeconds > 2_592_000))
    throw invalid(
      `Value '${String(TimeoutSeconds)}' at 'timeoutSeconds' failed to satisfy constraint: Member must have value ` +
        (TimeoutSeconds < 30 ? 'greater than or equal to 30' : 'less than or equal to 2592000'),
    );
  checkRate('MaxConcurrency', input.MaxConcurrency);
  checkRate('MaxErrors', input.MaxErrors);
};

const makeCommand = (input: SendCommandCommandInput, region: Region): Command => {
  const document = findDocument(region, input.DocumentName);
  if (document.type !== 'Command')
    throw new AwsError(
      'InvalidDocument',
      `Document ${document.name} is of type ${document.type}, not Command.`,
    );
  const content = readContent(findVersion(document, input.DocumentVersion).content);
  const parameters = input.Parameters ?? {};
  checkParameters(content, parameters);
  const targets = targetsOf(input);
  checkTargets(region, input.InstanceIds ?? [], targets);
  const timeoutSeconds = input.TimeoutSeconds ?? usualTimeoutSeconds;
  const executionSeconds = executionTimeoutSeconds(content, parameters);
  return {
    id: region.newId(),
    documentName: document.name,
    documentVersion: input.DocumentVersion ?? '$DEFAULT',
    comment: input.Comment ?? '',
    parameters,
    instanceIds: input.InstanceIds ?? [],
    targets,
    requestedAt: region.now(),
    expiresAt: region.now() + (timeoutSeconds + executionSeconds) * 1000,
    timeoutSeconds,
    executionTimeoutSeconds: executionSeconds,
    maxConcurrency: input.MaxConcurrency ?? '50',
    maxErrors: input.MaxErrors ?? '0',
    ...(input.OutputS3BucketName !== undefined && { bucket: input.OutputS3BucketName }),
    ...(input.OutputS3KeyPrefix !== undefined && { prefix: input.OutputS3KeyPrefix }),
    status: 'Pending',
    statusDetails: 'Pending',
    cancelled: false,
    invocations: resolveTargets(region, input.InstanceIds ?? [], targets).map((instanceId) => ({
      instanceId,
      requestedAt: region.now(),
      status: 'Pending',
      statusDetails: 'Pending',
    })),
  };
};

const onInstance = (region: Region, instanceId: string): Requirement => ({
  action: 'ssm:SendCommand',
  resource: instanceId.startsWith('mi-')
    ? region.arn('ssm', `managed-instance/${instanceId}`)
    : region.arn('ec2', `instance/${instanceId}`),
  context: Object.fromEntries(
    Object.entries(ec2Instance(region, instanceId)?.tags ?? {}).flatMap(([name, value]) => [
      [`ssm:resourcetag/${name.toLowerCase()}`, value],
      [`aws:resourcetag/${name.toLowerCase()}`, value],
    ]),
  ),
});

/**
 * Needs permissions on the document, each instance that it reaches and the output bucket (User Guide, restrictive
 * policies).
 */
export const sendCommand: Action<SendCommandCommandInput, Answer<SendCommandCommandOutput>> = {
  requires: (input, region) => [
    { action: 'ssm:SendCommand', resource: documentArn(region, input.DocumentName ?? '') },
    ...(input.OutputS3BucketName === undefined
      ? []
      : [{ action: 'ssm:SendCommand', resource: `arn:aws:s3:::${input.OutputS3BucketName}` }]),
    ...resolveTargets(region, input.InstanceIds ?? [], targetsOf(input)).map((instanceId) =>
      onInstance(region, instanceId),
    ),
  ],
  run: (input, region) => {
    checkInput(input);
    const command = makeCommand(input, region);
    begin(region, command);
    return { Command: describeCommand(command) } satisfies Answer<SendCommandCommandOutput>;
  },
};
