import { enter, indexOf } from '../../src/sqs/queueIndex';
import { makeSqs } from '../../src/services/sqs';
import type { Queue } from '../../src/sqs/state';
import { TestRegion } from '../states/testRegion';
import { arn, type Received, roleArn } from './world';

const minute = 60_000;

const make = (more: object = {}) => {
  const testRegion = new TestRegion();
  const sqs = makeSqs(testRegion.region);
  testRegion.services.sqs = sqs;
  sqs.createQueue({ name: 'dead' });
  const redrive = { deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 };
  const QueueUrl = sqs.createQueue({ name: 'work', visibilityTimeoutSeconds: 60, redrive, ...more });
  const call = <Answer = object>(action: string, input: object = {}): Promise<Answer> =>
    testRegion.call('sqs', action, { QueueUrl, ...input });
  const receive = async (input: object = {}) =>
    (await call<{ Messages?: Received[] }>('ReceiveMessage', { MaxNumberOfMessages: 10, ...input }))
      .Messages ?? [];
  const fill = async (count: number) => {
    for (let index = 0; index < count; index += 1) await call('SendMessage', { MessageBody: String(index) });
  };
  const map = (options: object = {}) => {
    testRegion.roles[roleArn] = [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }];
    return sqs.createMapping({
      queueArn: arn('work'),
      functionName: 'look',
      roleArn,
      batchSize: 10,
      windowSeconds: 0,
      reportsItemFailures: true,
      maximumConcurrency: 5,
      enabled: true,
      ...options,
    });
  };
  const batches: number[] = [];
  testRegion.functions.look = async (event) =>
    void batches.push((event as { Records: unknown[] }).Records.length);
  return { testRegion, sqs, call, receive, fill, map, batches, QueueUrl };
};

type World = ReturnType<typeof make>;

describe('A standard queue', () => {
  /** Simulates this many messages in flight. 120,000 real sends would take too long. */
  const holdMany = ({ sqs, testRegion }: World, count: number) => {
    const queue = sqs.queue('work') as Queue;
    const index = indexOf(queue, testRegion.now);
    for (let order = 1; order <= count; order += 1) {
      const message = {
        ...{ id: String(order), order, body: 'held', attributes: {}, senderId: 'a', sentAt: testRegion.now },
        ...{ visibleAt: testRegion.now + minute, receiveCount: 1, receiptHandles: [] },
      };
      queue.messages.push(message);
      enter(queue, index, message, testRegion.now);
    }
    queue.lastOrder = count;
  };

  test('Refuses a short poll with OverLimit while 120,000 messages are in flight', async () => {
    const world = make({ redrive: undefined });
    holdMany(world, 119_999);
    await world.fill(2);
    expect(await world.receive()).toHaveLength(1);
    await expect(world.receive()).rejects.toMatchObject({ code: 'OverLimit' });
    const waiting = world.receive({ WaitTimeSeconds: 1 });
    await world.testRegion.pass(1000);
    expect(await waiting).toEqual([]);
    await world.testRegion.pass(minute);
    expect(await world.receive()).toHaveLength(10);
  });

  test('Gives each message its own handle, and the handle of another queue deletes nothing', async () => {
    const { sqs, receive, fill, call } = make();
    const other = make();
    await other.fill(1);
    const [foreign] = await other.receive();
    await fill(2);
    const messages = await receive();
    expect(new Set(messages.map(({ ReceiptHandle }) => ReceiptHandle)).size).toBe(2);
    await call('DeleteMessage', { ReceiptHandle: `${foreign?.ReceiptHandle ?? ''}x` });
    expect(sqs.count('work').notVisible).toBe(2);
    await call('DeleteMessage', { ReceiptHandle: messages[0]?.ReceiptHandle });
    expect(sqs.queue('work')?.messages.map(({ body }) => body)).toEqual(['1']);
  });

  test('Changes the visibility of a batch, each by itself, at most to 12 hours after its receive', async () => {
    const { testRegion, receive, fill, call, sqs } = make();
    await fill(3);
    const [first, second] = await receive({ MaxNumberOfMessages: 2 });
    await testRegion.pass(30_000);
    const Entries = [
      { Id: 'a', ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 },
      { Id: 'b', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 43_171 },
      { Id: 'c', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 43_170 },
      { Id: 'd', ReceiptHandle: 'x', VisibilityTimeout: 1 },
    ];
    expect(await call('ChangeMessageVisibilityBatch', { Entries })).toMatchObject({
      Successful: [{ Id: 'a' }, { Id: 'c' }],
      Failed: [
        { Id: 'b', Code: 'InvalidParameterValue' },
        { Id: 'd', Code: 'ReceiptHandleIsInvalid' },
      ],
    });
    expect(sqs.count('work')).toEqual({ visible: 2, notVisible: 1, delayed: 0 });
  });

  test('Counts what waits, is in flight and is delayed', async () => {
    const { call, fill, receive } = make();
    await fill(3);
    await call('SendMessage', { MessageBody: 'later', DelaySeconds: 10 });
    await receive({ MaxNumberOfMessages: 1 });
    expect(await call('GetQueueAttributes', { AttributeNames: ['All'] })).toMatchObject({
      Attributes: {
        ApproximateNumberOfMessages: '2',
        ApproximateNumberOfMessagesNotVisible: '1',
        ApproximateNumberOfMessagesDelayed: '1',
      },
    });
  });

  test('Keeps text and binary attributes, with one digest over both', async () => {
    const { call, receive } = make();
    const MessageAttributes = {
      'trace.id': { DataType: 'String', StringValue: 'x' },
      blob: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
    };
    const sent = await call<{ MD5OfMessageAttributes: string }>('SendMessage', {
      MessageBody: 'a',
      MessageAttributes,
    });
    const [message] = await receive({ MessageAttributeNames: ['All'] });
    expect(message).toMatchObject({ MessageAttributes, MD5OfMessageAttributes: sent.MD5OfMessageAttributes });
  });

  test('Is purged at most once a minute', async () => {
    const { testRegion, sqs, fill, call } = make();
    await fill(2);
    await call('PurgeQueue');
    expect(sqs.count('work').visible).toBe(0);
    await expect(call('PurgeQueue')).rejects.toMatchObject({ code: 'PurgeQueueInProgress' });
    await testRegion.pass(minute);
    await expect(call('PurgeQueue')).resolves.toEqual({});
  });

  test('Goes on alike from its state as JSON: hidden, delayed and dead messages included', async () => {
    const world = make();
    await world.fill(12);
    await world.receive();
    await world.call('SendMessage', { MessageBody: 'late', DelaySeconds: 90 });
    const copy = make();
    copy.sqs.state = JSON.parse(JSON.stringify(world.sqs.state)) as typeof copy.sqs.state;
    for (const { testRegion, receive } of [world, copy]) {
      await testRegion.pass(minute);
      await receive();
      await testRegion.pass(minute);
    }
    const bodies = async ({ receive }: World) => (await receive()).map(({ Body }) => Body);
    expect(await bodies(copy)).toEqual(await bodies(world));
    expect(copy.sqs.count('dead')).toEqual({ visible: 12, notVisible: 0, delayed: 0 });
    expect(copy.sqs.count('work')).toEqual(world.sqs.count('work'));
  });

  test('Is made, listed, changed and deleted by its API', async () => {
    const { call } = make();
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const { QueueUrl } = await call<{ QueueUrl: string }>('CreateQueue', {
      QueueName: 'new.fifo',
      Attributes,
    });
    expect(QueueUrl).toBe('https://sqs.eu-west-1.amazonaws.com/111122223333/new.fifo');
    await call('SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '45' } });
    const shown = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect(shown).toMatchObject({ Attributes: { ...Attributes, VisibilityTimeout: '45' } });
    const again = { QueueName: 'new.fifo', Attributes: { ...Attributes, VisibilityTimeout: '30' } };
    await expect(call('CreateQueue', again)).rejects.toMatchObject({ code: 'QueueNameExists' });
    expect(await call('ListQueues', { QueueNamePrefix: 'new' })).toEqual({ QueueUrls: [QueueUrl] });
    await call('DeleteQueue', { QueueUrl });
    await expect(call('GetQueueUrl', { QueueName: 'new.fifo' })).rejects.toMatchObject({
      code: 'QueueDoesNotExist',
    });
    const wrong = { QueueName: 'x', Attributes: { DelaySeconds: '901' } };
    await expect(call('CreateQueue', wrong)).rejects.toMatchObject({ code: 'InvalidAttributeValue' });
    const unknown = { QueueName: 'x', Attributes: { Colour: 'red' } };
    await expect(call('CreateQueue', unknown)).rejects.toMatchObject({ code: 'InvalidAttributeName' });
  });
});

describe('A message move task', () => {
  const bury = async (world: World, count: number) => {
    await world.fill(count);
    for (let taken = 0; taken < count; taken += 10) await world.receive();
    await world.testRegion.pass(minute);
    for (let taken = 0; taken < count; taken += 10) await world.receive();
    expect(world.sqs.count('dead').visible).toBe(count);
  };
  const start = (world: World, input: object = {}) =>
    world.call<{ TaskHandle: string }>('StartMessageMoveTask', { SourceArn: arn('dead'), ...input });
  const list = async (world: World, input: object = {}) =>
    (await world.call<{ Results: object[] }>('ListMessageMoveTasks', { SourceArn: arn('dead'), ...input }))
      .Results;

  test('Brings dead letters back to their queue as new messages, at the rate it is given', async () => {
    const world = make();
    await bury(world, 25);
    await start(world, { MaxNumberOfMessagesPerSecond: 10 });
    await world.testRegion.pass(1500);
    expect(world.sqs.count('work').visible).toBe(20);
    expect(await list(world)).toMatchObject([
      {
        Status: 'RUNNING',
        ApproximateNumberOfMessagesMoved: 20,
        ApproximateNumberOfMessagesToMove: 25,
        MaxNumberOfMessagesPerSecond: 10,
      },
    ]);
    await world.testRegion.pass(1000);
    expect(await list(world)).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 25 }]);
    expect(world.sqs.count('dead').visible).toBe(0);
    expect(world.sqs.queue('work')?.messages.every(({ receiveCount }) => receiveCount === 0)).toBe(true);
  });

  test('Is cancelled with what it has moved, and one of a queue runs at a time', async () => {
    const world = make();
    await bury(world, 5);
    const { TaskHandle } = await start(world, { MaxNumberOfMessagesPerSecond: 1 });
    await expect(start(world)).rejects.toThrow('already a task running');
    await world.testRegion.pass(1500);
    expect(await world.call('CancelMessageMoveTask', { TaskHandle })).toEqual({
      ApproximateNumberOfMessagesMoved: 2,
    });
    await world.testRegion.pass(minute);
    expect(world.sqs.count('work').visible).toBe(2);
    await expect(world.call('CancelMessageMoveTask', { TaskHandle })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await start(world);
    await world.testRegion.pass(10);
    expect(world.sqs.count('work').visible).toBe(5);
    expect(await list(world, { MaxResults: 10 })).toMatchObject([
      { Status: 'COMPLETED' },
      { Status: 'CANCELLED' },
    ]);
  });

  test('Goes where it is told, and fails for a message that no queue gave up', async () => {
    const world = make();
    world.sqs.createQueue({ name: 'elsewhere' });
    world.sqs.send(arn('dead'), 'by a rule');
    await start(world);
    await world.testRegion.pass(10);
    expect(await list(world)).toMatchObject([
      { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
    ]);
    expect(world.sqs.count('dead').visible).toBe(1);
    await start(world, { DestinationArn: arn('elsewhere') });
    await world.testRegion.pass(10);
    expect(world.sqs.count('elsewhere').visible).toBe(1);
  });

  test.each([
    [{ SourceArn: arn('work') }, 'InvalidParameterValue', 'Dead Letter Queue'],
    [{ SourceArn: arn('none') }, 'ResourceNotFoundException', 'SourceArn'],
    [{ DestinationArn: arn('none') }, 'ResourceNotFoundException', 'DestinationArn'],
    [{ MaxNumberOfMessagesPerSecond: 501 }, 'InvalidParameterValue', '500'],
  ])('Is refused with %j', async (input, code, message) => {
    await expect(start(make(), input)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('A mapping', () => {
  test('Waits for its window to gather a batch, and no longer than until the batch is full', async () => {
    const { testRegion, fill, map, batches } = make();
    map({ batchSize: 20, windowSeconds: 10 });
    await fill(5);
    await testRegion.pass(5000);
    await fill(4);
    expect(batches).toEqual([]);
    await testRegion.pass(5100);
    expect(batches).toEqual([9]);
    await fill(20);
    await testRegion.pass(100);
    expect(batches).toEqual([9, 20]);
  });

  test('Begins no batch while it is disabled, and goes on with what lies there', async () => {
    const { testRegion, sqs, fill, map, batches } = make();
    const { id } = map();
    expect(sqs.updateMapping(id, { enabled: false }).enabled).toBe(false);
    await fill(3);
    await testRegion.pass(10 * minute);
    expect(batches).toEqual([]);
    sqs.updateMapping(id, { enabled: true, batchSize: 2 });
    await testRegion.pass(minute);
    expect(batches).toEqual([2, 1]);
    expect(sqs.mappings({ functionName: 'look' })).toEqual([sqs.mapping(id)]);
    sqs.deleteMapping(id);
    await fill(1);
    await testRegion.pass(minute);
    expect(sqs.count('work').visible).toBe(1);
    expect(() => sqs.mapping(id)).toThrow('does not exist');
  });

  test('Has one poll ahead, however many messages there are', async () => {
    const { testRegion, fill, map } = make();
    map();
    await fill(50);
    expect(testRegion.entries.filter(({ kind }) => kind === 'poll')).toHaveLength(1);
  });

  test.each([
    [{ batchSize: 11 }, 'batch window'],
    [{ batchSize: 10_001, windowSeconds: 1 }, 'batch size'],
    [{ windowSeconds: 301 }, '0 to 300'],
    [{ maximumConcurrency: 1001 }, 'MaximumConcurrency'],
  ])('Is refused with %j', (options, message) => {
    expect(() => make().map(options)).toThrow(message);
  });
});
