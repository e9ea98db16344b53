import type { PublishCommandInput, PublishResponse } from '@aws-sdk/client-sns';
import { AwsError } from '../errors';
import type { Action } from '../service';
import type { SnsService } from './service';

const messageLimitBytes = 262_144;

const invalid = (what: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

/** Publishes to a topic. A subject is at most 100 characters without line breaks (API reference, Publish). */
export const publish = (sns: SnsService): Action<PublishCommandInput, PublishResponse> => ({
  requires: ({ TopicArn, TargetArn }) => [{ action: 'sns:Publish', resource: TopicArn ?? TargetArn ?? '*' }],
  run: ({ TopicArn, TargetArn, Message = '', Subject, MessageStructure }) => {
    const arn = TopicArn ?? TargetArn;
    if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > messageLimitBytes) throw invalid('Message too long');
    if (Subject !== undefined && !/^[\x20-\x7e]{1,100}$/.test(Subject)) throw invalid('Subject');
    if (MessageStructure !== undefined)
      throw invalid('MessageStructure is not modelled by the embedded cloud');
    return { MessageId: sns.publish(arn, Message, Subject) } satisfies PublishResponse;
  },
});
