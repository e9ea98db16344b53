import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ReplicatedWriteConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { DynamoDbStore } from '../src';
import { conflictDelayMs, conflictTries } from '../src/conflicts';
import { startAt } from './support';

const client = new DynamoDBClient({ region: 'eu-west-1' });
const dynamodb = mockClient(client);
const conflict = () => new ReplicatedWriteConflictException({ message: 'met another', $metadata: {} });
const sleeps: number[] = [];
const store = new DynamoDbStore({
  client,
  tableName: 'marks',
  promise: 'within-region',
  sleep: async (ms) => void sleeps.push(ms),
});
const claim = { id: 'orders/a', owner: 'me/1', now: startAt, heldUntil: startAt + 60_000 };
const leaseOf = (id: string) => ({ id, owner: 'me/1', fence: 1, heldUntil: startAt + 60_000 });
const done = { now: startAt, keptUntil: startAt + 1 };

beforeEach(() => {
  dynamodb.reset();
  sleeps.length = 0;
});

test("A write that meets another region's is tried again after growing waits", async () => {
  dynamodb.on(PutItemCommand).rejectsOnce(conflict()).rejectsOnce(conflict()).resolves({});
  expect(await store.begin(claim)).toMatchObject({ state: 'taken' });
  expect(sleeps).toEqual([conflictDelayMs(1, 'me/1'), conflictDelayMs(2, 'me/1')]);
});

test('A write that meets another region again and again fails its message', async () => {
  dynamodb.on(PutItemCommand).rejects(conflict());
  await expect(store.begin(claim)).rejects.toMatchObject({ name: 'ReplicatedWriteConflictException' });
  expect(sleeps).toHaveLength(conflictTries - 1);
});

test('Waits double from try to try, and differ between writers by at most a half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.string(), (tries, writer) => {
      const least = 25 * 2 ** (tries - 1);
      const ms = conflictDelayMs(tries, writer);
      expect(ms).toBeGreaterThanOrEqual(least);
      expect(ms).toBeLessThanOrEqual(1.5 * least);
    }),
  );
});

test('Done marks that come together go in one request, those of the same moment in groups of 25', async () => {
  dynamodb.on(BatchWriteItemCommand).resolves({});
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => store.finish(leaseOf(`orders/${String(index)}`), done)),
  );
  const sizes = dynamodb
    .commandCalls(BatchWriteItemCommand)
    .map(({ args }) => args[0].input.RequestItems?.marks?.length);
  expect(sizes).toEqual([25, 5]);
  expect(dynamodb.commandCalls(PutItemCommand)).toHaveLength(0);
});

test('What DynamoDB leaves unprocessed, or refuses as a group, is written one by one', async () => {
  dynamodb.on(PutItemCommand).resolves({});
  const finishBoth = () => Promise.all(['orders/a', 'orders/b'].map((id) => store.finish(leaseOf(id), done)));
  dynamodb.on(BatchWriteItemCommand).resolves({
    UnprocessedItems: { marks: [{ PutRequest: { Item: { id: { S: 'orders/b' } } } }] },
  });
  await finishBoth();
  expect(dynamodb.commandCalls(PutItemCommand).map(({ args }) => args[0].input.Item?.id)).toEqual([
    { S: 'orders/b' },
  ]);
  dynamodb
    .on(BatchWriteItemCommand)
    .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await finishBoth();
  expect(dynamodb.commandCalls(PutItemCommand)).toHaveLength(3);
});

test('A done mark near the end of its lease, or after it, is written on condition that it is still held', async () => {
  const refused = new ConditionalCheckFailedException({
    message: 'no',
    $metadata: {},
    Item: { id: { S: 'orders/a' }, fence: { N: '2' }, heldBy: { S: 'other/1' }, heldUntil: { N: '9' } },
  });
  dynamodb.on(PutItemCommand).rejects(refused);
  dynamodb.on(UpdateItemCommand).resolves({});
  const late = { ...done, now: startAt + 57_000 };
  await expect(
    Promise.all([store.finish(leaseOf('orders/a'), late), store.finish(leaseOf('orders/b'), late)]),
  ).rejects.toMatchObject({ name: 'LeaseLost', message: expect.stringContaining('other/1') as unknown });
  expect(dynamodb.commandCalls(BatchWriteItemCommand)).toHaveLength(0);
  expect(dynamodb.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
    ConditionExpression: 'heldBy = :owner',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  expect(dynamodb.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
    Key: { id: { S: '!overtaken/orders/a' } },
    UpdateExpression: 'ADD overtaken :one',
  });
});

describe('Done marks whose leases end too early', () => {
  let now = startAt;
  const store = new DynamoDbStore({
    client,
    tableName: 'marks',
    promise: 'within-region',
    sleep: async () => undefined,
    clock: () => now,
  });
  const finishBoth = () => Promise.all(['orders/a', 'orders/b'].map((id) => store.finish(leaseOf(id), done)));
  const conditions = () =>
    dynamodb.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input.ConditionExpression);

  test('Done marks whose leases expired while they waited are written on condition that they are still held', async () => {
    dynamodb.on(BatchWriteItemCommand).resolves({});
    dynamodb.on(PutItemCommand).resolves({});
    const finishing = finishBoth();
    // While they waited for the answers of others.
    now += 57_001;
    await finishing;
    expect(dynamodb.commandCalls(BatchWriteItemCommand)).toHaveLength(0);
    expect(conditions()).toEqual(['heldBy = :owner', 'heldBy = :owner']);
  });

  test('The request of done marks ends three seconds before the first of their leases', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      let sent: (signal: AbortSignal) => void = () => undefined;
      const sending = new Promise<AbortSignal>((resolve) => (sent = resolve));
      const abortable = { send: client.send.bind(client) } as DynamoDBClient;
      abortable.send = ((command: object, options?: { abortSignal?: AbortSignal }) => {
        const signal = options?.abortSignal;
        if (!(command instanceof BatchWriteItemCommand) || !signal) return client.send(command as never);
        sent(signal);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('Request aborted'));
          });
        });
      }) as never;
      dynamodb.on(PutItemCommand).resolves({});
      const slow = new DynamoDbStore({
        client: abortable,
        tableName: 'marks',
        promise: 'within-region',
        clock: () => startAt,
      });
      const finishing = Promise.all(['orders/a', 'orders/b'].map((id) => slow.finish(leaseOf(id), done)));
      const signal = await sending;
      jest.advanceTimersByTime(56_999);
      expect(signal.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      expect(signal.aborted).toBe(true);
      await finishing;
      expect(conditions()).toEqual(['heldBy = :owner', 'heldBy = :owner']);
    } finally {
      jest.useRealTimers();
    }
  });
});
