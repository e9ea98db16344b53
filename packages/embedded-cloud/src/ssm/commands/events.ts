import type { Region } from '../../core/service';
import type { Command, Invocation } from '../state';

const instanceArn = (region: Region, instanceId: string) => region.arn('ec2', `instance/${instanceId}`);
const iso = (at: number) => new Date(at).toISOString();

/** `EC2 Command Status-change Notification`: about the whole command. Best effort on AWS. */
export const publishCommand = (region: Region, command: Command): void =>
  region.publish({
    source: 'aws.ssm',
    detailType: 'EC2 Command Status-change Notification',
    resources: command.invocations.map(({ instanceId }) => instanceArn(region, instanceId)),
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'expire-after': iso(command.expiresAt),
      parameters: command.parameters,
      'requested-date-time': iso(command.requestedAt),
      status: command.status,
    },
  });

/** `EC2 Command Invocation Status-change Notification`: about one instance. Best effort on AWS. */
export const publishInvocation = (region: Region, command: Command, invocation: Invocation): void =>
  region.publish({
    source: 'aws.ssm',
    detailType: 'EC2 Command Invocation Status-change Notification',
    resources: [instanceArn(region, invocation.instanceId)],
    detail: {
      'command-id': command.id,
      'document-name': command.documentName,
      'instance-id': invocation.instanceId,
      'requested-date-time': iso(command.requestedAt),
      status: invocation.status,
    },
  });
