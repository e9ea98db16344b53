import { md5OfAttributes } from '../../src/sqs/digest';
import { doneOf } from '../../src/sqs/mapping';
import { makeSqs } from '../../src/services/sqs';
import { TestRegion } from '../states/testRegion';

const arn = (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`;
const roleArn = 'arn:aws:iam::111122223333:role/look';

interface Received {
  Messages?: {
    MessageId: string;
    Body: string;
    ReceiptHandle: string;
    MD5OfBody: string;
    Attributes?: Record<string, string>;
  }[];
}

const make = () => {
  const testRegion = new TestRegion();
  const sqs = makeSqs(testRegion.region);
  testRegion.services.sqs = sqs;
  sqs.createQueue({ name: 'dead' });
  const redrive = { deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 };
  const QueueUrl = sqs.createQueue({ name: 'waiting', visibilityTimeoutSeconds: 60, redrive });
  const call = (action: string, input: object = {}) => testRegion.call('sqs', action, { QueueUrl, ...input });
  const receive = async () =>
    (
      (await call('ReceiveMessage', {
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      })) as Received
    ).Messages ?? [];
  return { testRegion, sqs, call, receive };
};

type World = ReturnType<typeof make>;

const map = ({ sqs, testRegion }: World, more: object = {}) => {
  testRegion.roles[roleArn] = [{ Effect: 'Allow', Action: 'sqs:*', Resource: arn('waiting') }];
  sqs.createMapping({
    queueArn: arn('waiting'),
    functionName: 'look',
    roleArn,
    batchSize: 10,
    windowSeconds: 0,
    reportsItemFailures: true,
    maximumConcurrency: 2,
    enabled: true,
    ...more,
  });
};

interface Batch {
  Records: { body: string; messageId: string; eventSourceARN: string }[];
}

describe('A message', () => {
  test('Comes with its digest, and is gone once it is deleted', async () => {
    const { call, receive } = make();
    const sent = await call('SendMessage', { MessageBody: 'hello' });
    expect(sent).toMatchObject({ MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' });
    const [message] = await receive();
    expect(message).toMatchObject({ Body: 'hello', MD5OfBody: '5d41402abc4b2a76b9719d911017c592' });
    await call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
    await expect(call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle })).resolves.toEqual({});
    await expect(call('DeleteMessage', { ReceiptHandle: 'x' })).rejects.toMatchObject({
      code: 'ReceiptHandleIsInvalid',
    });
  });

  test('Is hidden while its delay lasts, then while somebody works on it', async () => {
    const { testRegion, call, receive } = make();
    await call('SendMessage', { MessageBody: 'a', DelaySeconds: 5 });
    expect(await receive()).toEqual([]);
    await testRegion.pass(5000);
    expect(await receive()).toHaveLength(1);
    await testRegion.pass(59_999);
    expect(await receive()).toEqual([]);
    await testRegion.pass(1);
    expect((await receive())[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
  });

  test('Comes back as soon as its visibility is set to 0', async () => {
    const { call, receive } = make();
    await call('SendMessage', { MessageBody: 'a' });
    const [message] = await receive();
    await call('ChangeMessageVisibility', { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await receive()).toHaveLength(1);
  });

  test('Goes to the dead letters after its tries', async () => {
    const { testRegion, sqs, call, receive } = make();
    await call('SendMessage', { MessageBody: 'poison' });
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await receive()).toHaveLength(1);
      await testRegion.pass(60_000);
    }
    expect(await receive()).toEqual([]);
    expect(sqs.queue('dead')?.messages.map(({ body }) => body)).toEqual(['poison']);
  });

  test('Is forgotten when the queue has kept it long enough', async () => {
    const { testRegion, sqs, call, receive } = make();
    await call('SendMessage', { MessageBody: 'a' });
    await testRegion.pass(4 * 86_400_000);
    expect(await receive()).toEqual([]);
    expect(sqs.count('waiting')).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
  });

  test.each([
    [{ MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValue'],
    [{ MessageBody: '' }, 'MissingParameter'],
    [{ MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
    [{ MessageBody: 'a', QueueUrl: 'https://sqs/none' }, 'QueueDoesNotExist'],
  ])('That AWS refuses is refused', async (input, code) => {
    await expect(make().call('SendMessage', input)).rejects.toMatchObject({ code });
  });

  test('In a batch is judged by itself', async () => {
    const Entries = [
      { Id: 'a', MessageBody: 'a' },
      { Id: 'b', MessageBody: '' },
    ];
    const answer = await make().call('SendMessageBatch', { Entries });
    expect(answer).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b', Code: 'MissingParameter' }],
    });
    const same = [
      { Id: 'a', MessageBody: 'a' },
      { Id: 'a', MessageBody: 'b' },
    ];
    await expect(make().call('SendMessageBatch', { Entries: same })).rejects.toMatchObject({
      code: 'BatchEntryIdsNotDistinct',
    });
  });
});

describe('An event source mapping', () => {
  test('Hands a visible message to the function and deletes what it did', async () => {
    const world = make();
    map(world);
    const seen: Batch[] = [];
    world.testRegion.functions.look = async (event) => void seen.push(event as Batch);
    await world.call('SendMessage', { MessageBody: 'look', DelaySeconds: 5 });
    await world.testRegion.pass(5019);
    expect(seen).toEqual([]);
    await world.testRegion.pass(1);
    expect(seen[0]?.Records).toMatchObject([
      { body: 'look', eventSource: 'aws:sqs', eventSourceARN: arn('waiting') },
    ]);
    expect(world.sqs.queue('waiting')?.messages).toEqual([]);
  });

  test('Tries only the failed messages of a batch again, and dead-letters them in the end', async () => {
    const world = make();
    map(world);
    const bodies: string[][] = [];
    world.testRegion.functions.look = async (event) => {
      const { Records } = event as Batch;
      bodies.push(Records.map(({ body }) => body));
      const failed = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    await world.call('SendMessage', { MessageBody: 'good' });
    await world.call('SendMessage', { MessageBody: 'bad' });
    await world.testRegion.pass(600_000);
    expect(bodies).toEqual([['good', 'bad'], ['bad']]);
    expect(world.sqs.queue('dead')?.messages).toHaveLength(1);
  });

  test('Runs no more functions at once than it may', async () => {
    const world = make();
    map(world, { batchSize: 1, maximumConcurrency: 2 });
    const ends: (() => void)[] = [];
    world.testRegion.functions.look = () => new Promise<void>((resolve) => ends.push(resolve));
    for (const MessageBody of ['a', 'b', 'c']) await world.call('SendMessage', { MessageBody });
    await world.testRegion.pass(1000);
    expect(ends).toHaveLength(2);
    expect(world.sqs.quiet()).toBe(false);
    ends.forEach((end) => {
      end();
    });
    await world.testRegion.pass(1000);
    expect(ends).toHaveLength(3);
  });

  test('Reads nothing with a role that may not', async () => {
    const world = make();
    map(world);
    world.testRegion.roles[roleArn] = [];
    const seen: unknown[] = [];
    world.testRegion.functions.look = async (event) => void seen.push(event);
    await world.call('SendMessage', { MessageBody: 'a' });
    await world.testRegion.pass(1000);
    expect(seen).toEqual([]);
  });

  test.each<[readonly number[], number]>([
    [[], 0],
    [[0, 3000], 2],
  ])('Under the fault %j is given a message %i times', async (delays, count) => {
    const world = make();
    map(world);
    world.testRegion.faults = { message: () => delays };
    let given = 0;
    world.testRegion.functions.look = async () => void (given += 1);
    await world.call('SendMessage', { MessageBody: 'a' });
    await world.testRegion.pass(10_000);
    expect(given).toBe(count);
  });

  test.each<[unknown, boolean, readonly string[]]>([
    [null, true, ['a', 'b']],
    [{}, true, ['a', 'b']],
    [{ batchItemFailures: [{ itemIdentifier: 'a' }] }, true, ['b']],
    [{ batchItemFailures: [{ itemIdentifier: 'a' }] }, false, ['a', 'b']],
    [{ batchItemFailures: [{ itemIdentifier: 'unknown' }] }, true, []],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }, true, []],
    [{ batchItemFailures: 'a' }, true, []],
  ])('Takes of the answer %j (reports: %s) as done: %j', (answer, reports, done) => {
    expect(doneOf(['a', 'b'], answer, reports)).toEqual(done);
  });
});

test('Digests of attributes are made over names, types and values in the order of the names', () => {
  const attributes = {
    b: { DataType: 'Number', StringValue: '1' },
    a: { DataType: 'String', StringValue: 'x' },
  };
  const reordered = { a: attributes.a, b: attributes.b };
  expect(md5OfAttributes(attributes)).toBe(md5OfAttributes(reordered));
  expect(md5OfAttributes({})).toBeUndefined();
});
