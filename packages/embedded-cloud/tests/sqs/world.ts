import { makeSqs } from '../../src/services/sqs';
import { TestRegion } from '../states/testRegion';

export const arn = (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`;
export const roleArn = 'arn:aws:iam::111122223333:role/look';
export const fifo = {
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  throughputLimit: 'perQueue',
} as const;

export interface Received {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: Record<string, string>;
}

/** A region with the FIFO queue `orders.fifo`, its dead-letter queue, and no mapping. */
export const makeOrders = (more: object = {}) => {
  const testRegion = new TestRegion();
  const sqs = makeSqs(testRegion.region);
  testRegion.services.sqs = sqs;
  sqs.createQueue({ name: 'dead.fifo', fifo });
  const QueueUrl = sqs.createQueue({
    name: 'orders.fifo',
    visibilityTimeoutSeconds: 60,
    fifo,
    redrive: { deadLetterTargetArn: arn('dead.fifo'), maxReceiveCount: 2 },
    ...more,
  });
  const call = (action: string, input: object = {}): Promise<unknown> =>
    testRegion.call('sqs', action, { QueueUrl, ...input });
  const send = (group: string, body: string, id = body) =>
    call('SendMessage', {
      MessageBody: body,
      MessageGroupId: group,
      ...(id !== '' && { MessageDeduplicationId: id }),
    }) as Promise<{ MessageId: string; SequenceNumber: string }>;
  const receive = async (input: object = {}) => {
    const answer = await call('ReceiveMessage', {
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      ...input,
    });
    return (answer as { Messages?: Received[] }).Messages ?? [];
  };
  const bodies = async (input: object = {}) => (await receive(input)).map(({ Body }) => Body);
  return { testRegion, sqs, call, send, receive, bodies, QueueUrl };
};

export type Orders = ReturnType<typeof makeOrders>;

/** Maps the queue to the function `look`. */
export const map = ({ sqs, testRegion }: Orders, queue = 'orders.fifo', more: object = {}) => {
  testRegion.roles[roleArn] = [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }];
  return sqs.createMapping({
    queueArn: arn(queue),
    functionName: 'look',
    roleArn,
    batchSize: 10,
    windowSeconds: 0,
    reportsItemFailures: true,
    maximumConcurrency: 10,
    enabled: true,
    ...more,
  });
};
