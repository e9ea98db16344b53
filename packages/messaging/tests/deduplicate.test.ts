import middy from '@middy/core';
import { deduplicate, forEachMessage, MemoryStore, type SqsRecord } from '../src';
import { consumer, makeClock, record } from './support';

const options = () => ({
  store: new MemoryStore(),
  consumer: 'orders',
  clock: makeClock().now,
  newId: () => 'invocation',
});

test('A handler without the middleware refuses to run, instead of having every message deleted', async () => {
  await expect(forEachMessage(() => 1)({ Records: [record('a')] })).rejects.toMatchObject({
    name: 'BatchNotAnswered',
  });
});

test('A handler that forgets its batch fails, instead of having every message deleted', async () => {
  const handler = middy(async () => ({ fine: true }), { timeoutEarlyInMillis: 0 }).use(
    deduplicate(options()),
  );
  await expect(handler({ Records: [record('a')] }, {})).rejects.toMatchObject({
    name: 'BatchNotAnswered',
  });
});

test('An event that is not from a queue fails', async () => {
  const handler = middy(
    forEachMessage(() => 1),
    { timeoutEarlyInMillis: 0 },
  ).use(deduplicate(options()));
  await expect(handler({ detail: {} }, {})).rejects.toThrow('Expected an event of SQS');
});

test('Settings that do not work are listed together', () => {
  const wrong = { consumer: 'a/b', concurrency: 0, leaseSeconds: 0, retentionDays: 14 };
  expect(() => deduplicate({ ...options(), ...wrong })).toThrow(
    expect.objectContaining({
      name: 'InvalidMessagingSettings',
      problems: [
        expect.stringContaining("'a/b'"),
        expect.stringContaining('concurrency is 0'),
        expect.stringContaining('leaseSeconds is 0'),
        expect.stringContaining('more than 14'),
      ] as unknown,
    }) as Error,
  );
});

test('A lease holds for what is left of the function, and a little longer', async () => {
  const clock = makeClock();
  const seen: number[] = [];
  const handler = middy(
    forEachMessage(({ heldUntil }) => seen.push(heldUntil - clock.now())),
    { timeoutEarlyInMillis: 0 },
  ).use(deduplicate({ ...options(), clock: clock.now }));
  await handler({ Records: [record('a')] }, { getRemainingTimeInMillis: () => 30_000 });
  await handler({ Records: [record('b')] }, {});
  expect(seen).toEqual([35_000, 905_000]);
});

test('What would be begun too late is left untouched', async () => {
  const store = new MemoryStore();
  let leftMs = 1000;
  const { handle, states } = consumer(
    store,
    makeClock(),
    () => {
      leftMs = 999;
    },
    { concurrency: 1 },
  );
  const failed = await handle([record('a'), record('b')], { getRemainingTimeInMillis: () => leftMs });
  expect(failed).toEqual(['sqs-b']);
  expect(states()).toEqual(['done', 'untouched']);
  expect(await store.read('orders/b')).toBeUndefined();
});

test("A message of a sender without ids goes by SQS's own", async () => {
  const store = new MemoryStore();
  const { handle } = consumer(store, makeClock(), () => 1);
  await handle([record('a', { messageAttributes: {} })]);
  expect(await store.read('orders/sqs-a')).toMatchObject({ fence: 1 });
});

test.each([
  ['an id that is too long', 'x'.repeat(1025), '1025 bytes'],
  ['an empty id', '', 'empty'],
])('A message with %s fails by itself, on its way to the dead-letter queue', async (_, id, reason) => {
  const { handle, outcomes } = consumer(new MemoryStore(), makeClock(), () => 1);
  const bad = record('bad', { messageAttributes: { ForsetiMessageId: { stringValue: id } } });
  expect(await handle([record('a'), bad])).toEqual(['sqs-bad']);
  expect(outcomes.find(({ state }) => state === 'failed')).toMatchObject({
    error: { name: 'InvalidMessage', message: expect.stringContaining(reason) as unknown },
  });
});

test('An id can be taken from the body, and a body without one fails alone', async () => {
  const store = new MemoryStore();
  const idOf = ({ body }: SqsRecord) => (JSON.parse(body) as { order: string }).order;
  const { handle } = consumer(store, makeClock(), () => 1, { idOf });
  const batch = [record('a', { body: '{"order":"4711"}' }), record('b', { body: 'no JSON' })];
  expect(await handle(batch)).toEqual(['sqs-b']);
  expect(await store.read('orders/4711')).toMatchObject({ fence: 1 });
});

test('A store that fails fails its message, and no other', async () => {
  const store = new MemoryStore();
  const begin = store.begin.bind(store);
  store.begin = (claim) => (claim.id.endsWith('b') ? Promise.reject(new Error('throttled')) : begin(claim));
  const { handle } = consumer(store, makeClock(), () => 1);
  expect(await handle([record('a'), record('b'), record('c')])).toEqual(['sqs-b']);
});

test('A done mark that cannot be written is reported as unsure, and the lease is not given back', async () => {
  const store = new MemoryStore();
  store.finish = () => Promise.reject(new Error('no answer'));
  let effects = 0;
  const { handle, states } = consumer(store, makeClock(), () => (effects += 1));
  expect(await handle([record('a')])).toEqual(['sqs-a']);
  expect(await handle([record('a')])).toEqual(['sqs-a']);
  expect(states()).toEqual(['unsure', 'held']);
  expect(effects).toBe(1);
});

test("A standard queue's group ids order nothing", async () => {
  const fair = (id: string) =>
    record(id, { attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'tenant' } });
  const { handle } = consumer(new MemoryStore(), makeClock(), ({ id }) => {
    if (id === 'a') throw new Error('broken');
  });
  expect(await handle([fair('a'), fair('b')])).toEqual(['sqs-a']);
});
