import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  type DeduplicationStore,
  MemorySpool,
  MemoryStore,
  publisher,
  type RegionalQueue,
  synchronise,
} from '../src';
import { Cloud } from '../soak/embeddedCloud';
import { consumer, record } from './support';

const [home, standby] = ['eu-west-1', 'eu-central-1'] as const;

/** Two regions, each with a queue and its dead-letter queue. */
const twoRegions = async (suffix = '') => {
  const cloud = Cloud.make({ regions: [home, standby] });
  const queues = await cloud.run(() =>
    Promise.all(
      [home, standby].map(async (region): Promise<RegionalQueue> => {
        const client = cloud.connect(region)(SQSClient, { maxAttempts: 1 });
        const create = async (QueueName: string) =>
          (
            await client.send(
              new CreateQueueCommand({
                QueueName,
                ...(suffix !== '' && { Attributes: { FifoQueue: 'true' } }),
              }),
            )
          ).QueueUrl ?? '';
        return {
          region,
          client,
          queueUrl: await create(`orders${suffix}`),
          deadLetterQueueUrl: await create(`dead${suffix}`),
        };
      }),
    ),
  );
  let ids = 0;
  const newId = () => `minted-${String((ids += 1))}`;
  const spool = new MemorySpool();
  const publishing = publisher({
    destinations: queues,
    spools: [spool],
    clock: () => cloud.now(),
    newId,
    timeout: () => new AbortController().signal,
  });
  const [atHome, atStandby] = queues as [RegionalQueue, RegionalQueue];
  const settings = { publisher: publishing, queues, spools: [spool], newId };
  const breakDown = (...regions: string[]) => {
    cloud.faults = {
      outage: ({ region }) => (regions.includes(region) ? { manner: 'refuse', until: Infinity } : undefined),
    };
  };
  return { cloud, atHome, atStandby, spool, publishing, settings, breakDown };
};

type Scene = Awaited<ReturnType<typeof twoRegions>>;

const receive = async ({ cloud }: Scene, { client, queueUrl }: RegionalQueue) => {
  const { Messages: messages = [] } = await cloud.run(() =>
    client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    ),
  );
  return messages;
};

const bury = async (
  { cloud }: Scene,
  { client, deadLetterQueueUrl }: RegionalQueue,
  id: string,
  more: object = {},
) =>
  cloud.run(() =>
    client.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: `body of ${id}`,
        MessageAttributes: {
          ForsetiMessageId: { DataType: 'String', StringValue: id },
          count: { DataType: 'Number', StringValue: '3' },
        },
        ...more,
      }),
    ),
  );

test('What was spooled while both regions were down is replayed under its own id, and nothing stays', async () => {
  const scene = await twoRegions();
  const { cloud, publishing, settings, spool, breakDown, atHome } = scene;
  breakDown(home, standby);
  const receipt = await cloud.run(() => publishing.publish({ id: 'order-1', body: 'hello' }));
  expect(receipt).toMatchObject({ spooled: true });
  breakDown();
  const report = await cloud.run(() => synchronise(settings));
  expect(report).toMatchObject({
    before: [
      { region: home, queue: { visible: 0 }, deadLetters: { visible: 0 } },
      { region: standby, queue: { visible: 0 }, deadLetters: { visible: 0 } },
    ],
    after: [{ region: home, queue: { visible: 1 } }, { region: standby }],
    spool: { found: 1, replayed: 1, doneAlready: 0, kept: [] },
  });
  expect(await spool.list()).toEqual([]);
  expect(await receive(scene, atHome)).toMatchObject([
    { Body: 'hello', MessageAttributes: { ForsetiMessageId: { StringValue: 'order-1' } } },
  ]);
});

test('What cannot be replayed stays, with its reason, and a region that is down is part of the report', async () => {
  const { cloud, publishing, settings, spool, breakDown } = await twoRegions();
  breakDown(home, standby);
  await cloud.run(() => publishing.publish({ id: 'order-1', body: 'hello' }));
  const report = await cloud.run(() => synchronise(settings));
  expect(report.before).toEqual([
    { region: home, error: expect.stringContaining('ServiceUnavailable') as unknown },
    { region: standby, error: expect.stringContaining('ServiceUnavailable') as unknown },
  ]);
  expect(report.spool).toMatchObject({
    found: 1,
    replayed: 0,
    kept: [{ id: 'order-1', where: 'memory', reason: expect.stringContaining('MessageNotTaken') as unknown }],
  });
  expect(report.deadLetters.kept).toHaveLength(2);
  expect(await spool.list()).toHaveLength(1);
});

test('Dead letters of both regions go to the region that takes them, with id and attributes', async () => {
  const scene = await twoRegions();
  await bury(scene, scene.atHome, 'order-1');
  await bury(scene, scene.atStandby, 'order-2');
  const report = await scene.cloud.run(() => synchronise(scene.settings));
  expect(report.deadLetters).toEqual({ found: 2, replayed: 2, doneAlready: 0, kept: [] });
  expect(report.after).toMatchObject([
    { queue: { visible: 2 }, deadLetters: { visible: 0, inFlight: 0 } },
    { queue: { visible: 0 }, deadLetters: { visible: 0, inFlight: 0 } },
  ]);
  const messages = await receive(scene, scene.atHome);
  const [first] = messages;
  expect(first?.MessageAttributes).toMatchObject({
    ForsetiMessageId: { StringValue: 'order-1' },
    count: { DataType: 'Number', StringValue: '3' },
  });
});

test('A dead letter that a FIFO queue has seen minutes ago is not swallowed', async () => {
  const scene = await twoRegions('.fifo');
  const { cloud, publishing, settings, atHome } = scene;
  await cloud.run(() => publishing.publish({ id: 'order-1', body: 'x', groupId: 'g' }));
  await bury(scene, atHome, 'order-1', { MessageGroupId: 'g', MessageDeduplicationId: 'order-1' });
  const report = await cloud.run(() => synchronise(settings));
  expect(report.deadLetters.replayed).toBe(1);
  expect(report.after).toMatchObject([{ queue: { visible: 2 }, deadLetters: { visible: 0 } }, {}]);
  const messages = await receive(scene, atHome);
  expect(messages.map(({ Attributes: attributes }) => attributes?.MessageGroupId)).toEqual(['g', 'g']);
});

test('A message with binary attributes stays in its dead-letter queue', async () => {
  const scene = await twoRegions();
  await bury(scene, scene.atHome, 'order-1', {
    MessageAttributes: { photo: { DataType: 'Binary', BinaryValue: Buffer.from('x') } },
  });
  const { deadLetters } = await scene.cloud.run(() => synchronise(scene.settings));
  expect(deadLetters).toMatchObject({
    found: 1,
    replayed: 0,
    kept: [{ reason: expect.stringContaining('photo') as unknown }],
  });
});

/** A store in which order-1 is done and order-2 was finished by two. */
const someDone = async (now: number): Promise<DeduplicationStore> => {
  const store = new MemoryStore();
  const finish = async (id: string, owner: string, at: number) => {
    const begun = await store.begin({ id, owner, now: at, heldUntil: at + 1000 });
    if (begun.state !== 'taken') throw new Error(`expected taken, got ${begun.state}`);
    return { lease: begun.lease, done: { now: at, keptUntil: at + 1_000_000 } };
  };
  const first = await finish('orders/order-1', 'a/1', now);
  await store.finish(first.lease, first.done);
  const slow = await finish('orders/order-2', 'a/2', now);
  const successor = await finish('orders/order-2', 'b/1', now + 1000);
  await expect(store.finish(slow.lease, slow.done)).rejects.toMatchObject({ name: 'LeaseLost' });
  await store.finish(successor.lease, successor.done);
  return store;
};

test('A dead letter under a done id that says something else stays, and is reported', async () => {
  const scene = await twoRegions();
  const { cloud, settings, spool } = scene;
  const clock = () => cloud.now();
  const store = new MemoryStore();
  const { handle } = consumer(store, { now: clock, pass: () => undefined }, () => 1);
  await handle([record('order-1', { body: 'seat A1 for 10' })]);
  await spool.put({ message: { id: 'order-1', body: 'seat A1 for 9000' }, spooledAt: clock() });
  const report = await cloud.run(() =>
    synchronise({ ...settings, done: { store, consumer: 'orders', clock } }),
  );
  expect(report.spool).toMatchObject({ found: 1, replayed: 0, doneAlready: 0 });
  expect(report.spool.kept).toMatchObject([
    { id: 'order-1', reason: expect.stringMatching(/ConflictingMessage/) as unknown },
  ]);
});

test('What consumers have done is not sent again, and what was done twice is reported', async () => {
  const scene = await twoRegions();
  const { cloud, settings, spool, atHome } = scene;
  const clock = () => cloud.now();
  const store = await someDone(clock());
  await spool.put({ message: { id: 'order-1', body: 'x' }, spooledAt: clock() });
  await bury(scene, atHome, 'order-2');
  await bury(scene, atHome, 'order-3');
  const report = await cloud.run(() =>
    synchronise({ ...settings, done: { store, consumer: 'orders', clock } }),
  );
  expect(report.spool).toMatchObject({ found: 1, replayed: 0, doneAlready: 1 });
  expect(report.deadLetters).toMatchObject({ found: 2, replayed: 1, doneAlready: 1 });
  expect(report.doneTwice).toEqual([{ id: 'orders/order-2', times: 1 }]);
  expect(report.after).toMatchObject([
    { queue: { visible: 1 }, deadLetters: { visible: 0, inFlight: 0 } },
    {},
  ]);
  expect(await spool.list()).toEqual([]);
});

test('A dry run tells what there is and moves nothing', async () => {
  const scene = await twoRegions();
  const { cloud, settings, spool, atHome } = scene;
  await spool.put({ message: { id: 'order-1', body: 'x' }, spooledAt: cloud.now() });
  await bury(scene, atHome, 'order-2');
  const report = await cloud.run(() => synchronise({ ...settings, dryRun: true }));
  expect(report).toMatchObject({
    spool: { found: 1, replayed: 0 },
    deadLetters: { found: 1, replayed: 0 },
    after: [{ queue: { visible: 0 }, deadLetters: { visible: 1, inFlight: 0 } }, {}],
  });
  expect(await spool.list()).toHaveLength(1);
});

test('When its time is over it stops between two messages, and tells what is left, which a next run brings over', async () => {
  const scene = await twoRegions();
  const { cloud, settings, spool, atHome, atStandby } = scene;
  for (const id of ['order-1', 'order-2', 'order-3'])
    await spool.put({ message: { id, body: id }, spooledAt: cloud.now() });
  for (const id of ['dead-1', 'dead-2', 'dead-3', 'dead-4']) await bury(scene, atHome, id);
  await bury(scene, atStandby, 'dead-5');
  /** Each look at the clock takes a second. */
  const stopAfter = (looks: number) => {
    let looked = 0;
    return { clock: () => (looked += 1), at: looks };
  };
  const first = await cloud.run(() => synchronise({ ...settings, deadline: stopAfter(3) }));
  expect(first.spool).toEqual({ found: 3, replayed: 2, doneAlready: 0, kept: [] });
  expect(first.deadLetters).toMatchObject({ found: 0, replayed: 0 });
  expect(first.left).toEqual({ spooled: 1, deadLetters: 5 });
  // One spooled, the way to home's dead letters, two of them.
  const second = await cloud.run(() => synchronise({ ...settings, deadline: stopAfter(4) }));
  expect(second.spool).toMatchObject({ found: 1, replayed: 1 });
  expect(second.deadLetters).toMatchObject({ found: 2, replayed: 2, kept: [] });
  expect(second.left).toEqual({ spooled: 0, deadLetters: 3 });
  // What was received and not tried is there at once, and not after its visibility time-out.
  expect(second.after).toMatchObject([{ deadLetters: { visible: 2, inFlight: 0 } }, {}]);
  const third = await cloud.run(() => synchronise({ ...settings, deadline: stopAfter(1000) }));
  expect(third).not.toHaveProperty('left');
  expect(third.deadLetters).toMatchObject({ found: 3, replayed: 3 });
  expect(third.after).toMatchObject([{ queue: { visible: 8 }, deadLetters: { visible: 0 } }, {}]);
});

test('Without time it does nothing, and does not look for what was done twice', async () => {
  const scene = await twoRegions();
  const { cloud, settings, atHome } = scene;
  await bury(scene, atHome, 'order-1');
  const store = await someDone(cloud.now());
  const clock = () => cloud.now();
  const report = await cloud.run(() =>
    synchronise({
      ...settings,
      done: { store, consumer: 'orders', clock },
      deadline: { clock, at: cloud.now() },
    }),
  );
  expect(report.deadLetters.found).toBe(0);
  expect(report.left).toEqual({ spooled: 0, deadLetters: 1 });
  expect(report).not.toHaveProperty('doneTwice');
});
