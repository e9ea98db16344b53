import { type EventSourceMappingConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  paginateListDeadLetterSourceQueues,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { readMessages, showAgain } from '@forseti/messaging';
import { listEventSourceMappings } from '../../lib/aws/eventSourceMappings';
import { UsageError } from '../terminal/errors';
import type { Session } from '../session/session';

export interface FoundQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  /** ARN of its dead-letter queue. */
  readonly deadLetters?: string;
}

/** Finds a queue by its short name in the stack (`requests`) or by its full name. @throws UsageError where there is none. */
export const findQueue = async (session: Session, given: string): Promise<FoundQueue> => {
  const sqs = session.connect(SQSClient);
  const name = session.names.queueName(given);
  const found = await sqs.send(new GetQueueUrlCommand({ QueueName: name })).catch((error: unknown) => {
    if (!/QueueDoesNotExist|NonExistentQueue/.test((error as Error).name)) throw error;
    throw new UsageError(
      `There is no queue ${name} in ${session.region}. The stack's own are requests, alarms and waiting, with -dead their dead-letter queues, and events-dead.`,
    );
  });
  const url = found.QueueUrl ?? '';
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  const redrive = JSON.parse(attributes.RedrivePolicy ?? '{}') as { deadLetterTargetArn?: string };
  return {
    name,
    url,
    arn: attributes.QueueArn ?? '',
    visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    ...(redrive.deadLetterTargetArn !== undefined && { deadLetters: redrive.deadLetterTargetArn }),
  };
};

/** The event source mappings that consume a queue. */
export const mappingsOf = (
  session: Session,
  queueArn: string,
): Promise<readonly EventSourceMappingConfiguration[]> =>
  listEventSourceMappings(session.connect(LambdaClient), queueArn);

export interface DeadLetterQueue extends FoundQueue {
  /** ARN of the queue whose messages come here; absent where several queues share it. */
  readonly source?: string;
}

const sourcesOf = async (session: Session, url: string): Promise<string[]> => {
  const sources: string[] = [];
  const pages = paginateListDeadLetterSourceQueues({ client: session.connect(SQSClient) }, { QueueUrl: url });
  for await (const { queueUrls = [] } of pages) sources.push(...queueUrls);
  return sources;
};

const nameIn = (urlOrArn: string): string =>
  urlOrArn.slice(Math.max(...['/', ':'].map((by) => urlOrArn.lastIndexOf(by))) + 1);

/** The queue's dead-letter queue, or the queue itself if it is one. @throws UsageError where neither is so. */
export const deadLettersOf = async (session: Session, queue: FoundQueue): Promise<DeadLetterQueue> => {
  const dead = queue.deadLetters === undefined ? queue : await findQueue(session, nameIn(queue.deadLetters));
  if (dead.name === session.names.queueName('events-dead'))
    throw new UsageError(
      `What lies in ${dead.name} was meant for machines and functions, not for a queue that it could go back to. ` +
        'Look why: forseti queue peek events-dead. What was lost is looked for by the sweep, the probe and the clock. Then ' +
        `remove it: aws sqs purge-queue --queue-url ${dead.url} --region ${session.region}`,
    );
  const [source, ...others] = await sourcesOf(session, dead.url);
  if (source === undefined) throw new UsageError(`${queue.name} has no dead-letter queue, and is none.`);
  return others.length > 0 ? dead : { ...dead, source: dead.arn.replace(dead.name, nameIn(source)) };
};

/**
 * Receives messages and makes them visible again at once. SQS cannot read without a trace: each message counts as received
 * once more.
 */
export const peek = async (session: Session, queue: FoundQueue, limit: number): Promise<Message[]> => {
  const sqs = session.connect(SQSClient);
  const messages: Message[] = [];
  try {
    for await (const message of readMessages(sqs, queue.url, limit)) messages.push(message);
  } finally {
    await showAgain(sqs, queue.url, messages);
  }
  return messages;
};
