import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  paginateListDeadLetterSourceQueues,
  SQSClient,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { readMessages, showAgain } from '@forseti/messaging';
import { functionOf, listEventSourceMappings } from '../../lib/aws/eventSourceMappings';
import { UsageError } from '../terminal/exitCodes';
import type { Session } from '../session/session';

export interface QueueFound {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly visible: number;
  readonly inFlight: number;
  /** ARN of its dead-letter queue. */
  readonly deadLetters?: string;
}

/** By its short name in the stack (`requests`), or any queue's own. @throws UsageError where there is none. */
export const findQueue = async (session: Session, given: string): Promise<QueueFound> => {
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

export const mappingsOf = (
  session: Session,
  queueArn: string,
): Promise<readonly EventSourceMappingConfiguration[]> =>
  listEventSourceMappings(session.connect(LambdaClient), queueArn);

export { functionOf };

/** What switching consumers came to: names of their functions. */
export interface Switched {
  readonly changed: readonly string[];
  /** Those that were not there yet when the time for waiting was over, with the state that they were in. */
  readonly unsettled: readonly { readonly function: string; readonly state: string }[];
}

const settleWithinMs = 180_000;

/** @returns whether Lambda took it: it refuses a change while an earlier one, of whomever, takes effect. */
const switchOne = (lambda: LambdaClient, uuid: string, enabled: boolean): Promise<boolean> =>
  lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled })).then(
    () => true,
    (error: unknown) => {
      if ((error as Error).name !== 'ResourceInUseException') throw error;
      return false;
    },
  );

/**
 * Enables or disables those that are not so already, and waits until all are so: AWS answers before it takes effect, and
 * batches are delivered meanwhile. What still goes the other way is awaited first. Each is switched once at most: two people
 * who want the opposite do not do so to and fro.
 */
export const switchMappings = async (
  session: Session,
  mappings: readonly EventSourceMappingConfiguration[],
  enabled: boolean,
): Promise<Switched> => {
  const lambda = session.connect(LambdaClient);
  const [wanted, other] = enabled ? ['Enabled', 'Disabled'] : ['Disabled', 'Enabled'];
  const until = session.now() + settleWithinMs;
  const changed = new Map<string, string>();
  for (let found = mappings; ;) {
    const away = found.filter(({ State: state }) => state !== wanted);
    for (const one of away) {
      const { UUID: uuid = '', State: state } = one;
      if (state === other && !changed.has(uuid) && (await switchOne(lambda, uuid, enabled)))
        changed.set(uuid, functionOf(one));
    }
    if (away.length === 0 || session.now() > until)
      return {
        changed: [...changed.values()],
        unsettled: away.map((one) => ({ function: functionOf(one), state: one.State ?? 'unknown' })),
      };
    await session.sleep(2_000);
    found = await Promise.all(
      away.map(({ UUID }) => lambda.send(new GetEventSourceMappingCommand({ UUID }))),
    );
  }
};

/** A dead-letter queue, and the one queue whose messages come to it; absent where several queues share it. */
export interface DeadLetterQueue extends QueueFound {
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

/** The dead-letter queue that is meant: the queue's own, or itself. @throws UsageError where it is none, and has none. */
export const deadLettersOf = async (session: Session, queue: QueueFound): Promise<DeadLetterQueue> => {
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

/** What a move of dead letters came to. */
export interface Moved {
  readonly status: string;
  readonly moved: number;
  readonly failureReason?: string;
}

const moveWithinMs = 600_000;

/**
 * SQS itself moves the messages back, and is awaited. Where one queue alone has its dead letters here, all go to that one:
 * what EventBridge could not deliver lies here too, and SQS knows no source of it (StartMessageMoveTask).
 */
export const redrive = async (session: Session, dead: DeadLetterQueue): Promise<Moved> => {
  const sqs = session.connect(SQSClient);
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: dead.arn,
      ...(dead.source !== undefined && { DestinationArn: dead.source }),
    }),
  );
  const until = session.now() + moveWithinMs;
  for (;;) {
    const { Results: [task] = [] } = await sqs.send(
      new ListMessageMoveTasksCommand({ SourceArn: dead.arn, MaxResults: 1 }),
    );
    const { Status: status = 'UNKNOWN', ApproximateNumberOfMessagesMoved: moved = 0 } = task ?? {};
    if (status !== 'RUNNING' || session.now() > until)
      return {
        status,
        moved,
        ...(task?.FailureReason !== undefined && { failureReason: task.FailureReason }),
      };
    await session.sleep(1_000);
  }
};

/**
 * Looks at messages and puts them back at once. SQS has no look that leaves no trace: each counts as received, which is
 * told to who asks.
 */
export const peek = async (session: Session, queue: QueueFound, limit: number): Promise<Message[]> => {
  const sqs = session.connect(SQSClient);
  const messages: Message[] = [];
  try {
    for await (const message of readMessages(sqs, queue.url, limit)) messages.push(message);
  } finally {
    await showAgain(sqs, queue.url, messages);
  }
  return messages;
};
