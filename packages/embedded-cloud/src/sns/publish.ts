import type { PublishCommandInput, PublishResponse } from '@aws-sdk/client-sns';
import { AwsError } from '../core/errors';
import type { Action } from '../core/service';
import type { Published } from './state';

const messageLimitBytes = 262_144;

/** Transport protocols that can have a message of their own (API reference, Publish, `MessageStructure`). */
const protocols = ['http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda', 'firehose'];

const invalid = (what: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${what}`);

/**
 * The message for each protocol. Values that are not strings and keys that are not protocols are ignored. A protocol
 * without its own message gets the default.
 */
const structured = (message: string): { fallback: string; own: Record<string, string> } => {
  const wrong = (what: string) => invalid(`Message Structure - ${what}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw wrong('JSON message body failed to parse');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw wrong('JSON message body failed to parse');
  const texts = Object.entries(parsed).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const fallback = texts.find(([key]) => key === 'default')?.[1];
  if (fallback === undefined) throw wrong('No default entry in JSON message body');
  return { fallback, own: Object.fromEntries(texts.filter(([key]) => protocols.includes(key))) };
};

/** What the action needs from the service; see `SnsService.publish`. */
interface Publisher {
  publish(
    topicArn: string,
    message: string,
    subject?: string,
    onBehalf?: undefined,
    byProtocol?: Published['byProtocol'],
  ): string;
}

/** Publishes to a topic. A subject has less than 100 characters, without line breaks (API reference, Publish). */
export const publish = (sns: Publisher): Action<PublishCommandInput, PublishResponse> => ({
  requires: ({ TopicArn, TargetArn }) => [{ action: 'sns:Publish', resource: TopicArn ?? TargetArn ?? '*' }],
  run: ({ TopicArn, TargetArn, Message = '', Subject, MessageStructure }) => {
    const arn = TopicArn ?? TargetArn;
    if (arn === undefined) throw invalid('TopicArn or TargetArn Reason: no value for required parameter');
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > messageLimitBytes) throw invalid('Message too long');
    if (Subject !== undefined && !/^[\x20-\x7e]{1,99}$/.test(Subject)) throw invalid('Subject');
    if (MessageStructure !== undefined && MessageStructure !== 'json')
      throw invalid('Message Structure - Invalid message structure parameter: it must be json');
    if (MessageStructure === undefined)
      return { MessageId: sns.publish(arn, Message, Subject) } satisfies PublishResponse;
    const { fallback, own } = structured(Message);
    return { MessageId: sns.publish(arn, fallback, Subject, undefined, own) } satisfies PublishResponse;
  },
});
