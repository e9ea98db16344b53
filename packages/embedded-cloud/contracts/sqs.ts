import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { type Contract, contractsOf, differs } from './contract';
import type { World } from './world';

const Client = SQSClient;

export interface MadeQueue {
  readonly url: string;
  readonly arn: string;
}

/** A queue with the given attributes. */
export const makeQueue = async (
  world: World,
  name = world.name('contract'),
  Attributes: Record<string, string> = {},
): Promise<MadeQueue> => {
  const { QueueUrl } = await world.send(Client, new CreateQueueCommand({ QueueName: name, Attributes }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const found = await world.send(Client, asked);
  return { url: QueueUrl as string, arn: found.Attributes?.QueueArn ?? '' };
};

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
}

const receive = async (
  world: World,
  QueueUrl: string,
  visibilitySeconds = 30,
): Promise<Received | undefined> => {
  const command = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: visibilitySeconds });
  const { Messages = [] } = await world.send(Client, command);
  return Messages[0] as Received | undefined;
};

const contract = contractsOf('sqs');

/** No message: no list of them, or an empty one. */
const noMessages = (found: readonly object[] | undefined): boolean =>
  found === undefined || found.length === 0;

const withDeadLetters = async (world: World) => {
  const dead = await makeQueue(world, world.name('dead'));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
  return { dead, source: await makeQueue(world, world.name('source'), { RedrivePolicy }) };
};

export const sqs: readonly Contract[] = [
  contract('finds a queue by its name, and none that is not there', async (world) => {
    const name = world.name('contract');
    const { url } = await makeQueue(world, name);
    await world.see(Client, new GetQueueUrlCommand({ QueueName: name }), { QueueUrl: url });
    await world.refused(Client, new GetQueueUrlCommand({ QueueName: 'no-such-queue' }), {
      error: 'QueueDoesNotExist',
    });
  }),
  contract('hands out what was sent, with the attributes that were asked for', async (world) => {
    const { url: QueueUrl } = await makeQueue(world);
    const attribute = { DataType: 'String', StringValue: 'ada' };
    await world.see(
      Client,
      new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes: { who: attribute } }),
      { MessageId: /^[\da-f-]{36}$/, MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' },
    );
    const ask = {
      QueueUrl,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      MessageAttributeNames: ['All'],
    } as const;
    await world.see(
      Client,
      new ReceiveMessageCommand({
        ...ask,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        MessageAttributeNames: ['All'],
      }),
      {
        Messages: [
          {
            Body: 'hello',
            Attributes: { ApproximateReceiveCount: '1' },
            MessageAttributes: { who: attribute },
          },
        ],
      },
    );
  }),
  contract('hides what was received until its time is up, and counts what it holds', async (world) => {
    const { url: QueueUrl } = await makeQueue(world);
    await world.send(Client, new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await receive(world, QueueUrl);
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl }), { Messages: noMessages });
    const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    await world.see(Client, ask, {
      Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '1' },
    });
  }),
  contract('shows a message at once whose visibility is changed to nothing', async (world) => {
    const { url: QueueUrl } = await makeQueue(world);
    await world.send(Client, new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const message = await receive(world, QueueUrl);
    const change = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
    await world.see(Client, new ChangeMessageVisibilityCommand(change), {});
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl }), {
      Messages: [{ MessageId: message?.MessageId }],
    });
  }),
  contract('changes the visibility of many messages at once', async (world) => {
    const { url: QueueUrl } = await makeQueue(world);
    await world.send(Client, new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const message = await receive(world, QueueUrl);
    const Entries = [{ Id: 'known', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }];
    await world.see(Client, new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), {
      Successful: [{ Id: 'known' }],
    });
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl }), {
      Messages: [{ MessageId: message?.MessageId }],
    });
  }),
  contract(
    'leaves the list of messages out where there is none',
    async (world) => {
      const { url: QueueUrl } = await makeQueue(world);
      await world.see(Client, new ReceiveMessageCommand({ QueueUrl }), { Messages: undefined });
    },
    { notOn: { elasticmq: 'it writes an empty list, which means the same' } },
  ),
  contract('never hands out again what was deleted', async (world) => {
    const { url: QueueUrl } = await makeQueue(world);
    await world.send(Client, new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const message = await receive(world, QueueUrl, 0);
    await world.see(
      Client,
      new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }),
      {},
    );
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl }), { Messages: noMessages });
  }),
  contract('lists the queues whose dead letters a queue takes', async (world) => {
    const { dead, source } = await withDeadLetters(world);
    await world.see(Client, new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }), {
      queueUrls: [source.url],
    });
  }),
  contract('puts a message aside that was received too often', async (world) => {
    const { dead, source } = await withDeadLetters(world);
    await world.send(Client, new SendMessageCommand({ QueueUrl: source.url, MessageBody: 'poison' }));
    await receive(world, source.url, 0);
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl: source.url }), { Messages: noMessages });
    await world.see(Client, new ReceiveMessageCommand({ QueueUrl: dead.url }), {
      Messages: [{ Body: 'poison' }],
    });
  }),
  contract(
    'moves dead letters back, from queues alone that take them',
    async (world) => {
      const { dead, source } = await withDeadLetters(world);
      await world.send(Client, new SendMessageCommand({ QueueUrl: dead.url, MessageBody: 'again' }));
      await world.see(
        Client,
        new StartMessageMoveTaskCommand({ SourceArn: dead.arn, DestinationArn: source.arn }),
        { TaskHandle: /./ },
      );
      await world.see(Client, new ListMessageMoveTasksCommand({ SourceArn: dead.arn }), {
        Results: [{ SourceArn: dead.arn, DestinationArn: source.arn }],
      });
      await world.refused(Client, new StartMessageMoveTaskCommand({ SourceArn: source.arn }), {
        error: 'InvalidParameterValue',
      });
    },
    differs(
      'elasticmq',
      'StartMessageMoveTask',
      'refuses a queue that takes no dead letters in XML, although it was asked in JSON',
      'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html',
    ),
  ),
  contract('takes a message of a FIFO queue once in five minutes', async (world) => {
    const FifoQueue = { FifoQueue: 'true' };
    const { url: QueueUrl } = await makeQueue(world, `${world.name('contract')}.fifo`, FifoQueue);
    const message = { QueueUrl, MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    await world.see(Client, new SendMessageCommand({ ...message, MessageBody: 'one' }), {
      SequenceNumber: /^\d+$/,
    });
    await world.see(Client, new SendMessageCommand({ ...message, MessageBody: 'two' }), {});
    const ask = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    await world.see(Client, ask, { Messages: [{ Body: 'one' }] });
  }),
];
