import fc from 'fast-check';
import { arn, fifo, makeOrders, map } from './world';

const minute = 60_000;

interface Batch {
  readonly Records: readonly {
    readonly body: string;
    readonly messageId: string;
    readonly attributes: Record<string, string>;
  }[];
}

describe('A FIFO queue', () => {
  test('Gives a group’s messages in their order, with growing sequence numbers of 20 digits', async () => {
    const { send, receive } = makeOrders();
    const first = await send('a', '1');
    const second = await send('a', '2');
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect(second.SequenceNumber > first.SequenceNumber).toBe(true);
    const messages = await receive();
    expect(messages.map(({ Body }) => Body)).toEqual(['1', '2']);
    expect(messages[0]?.Attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: '1',
      SequenceNumber: first.SequenceNumber,
    });
  });

  test('Gives nothing of a group while one of its messages is in flight, and other groups’ messages meanwhile', async () => {
    const { send, receive, bodies, call } = makeOrders();
    for (const body of ['a1', 'a2', 'b1']) await send(body.charAt(0), body);
    const [first] = await receive({ MaxNumberOfMessages: 1 });
    expect(first?.Body).toBe('a1');
    expect(await bodies()).toEqual(['b1']);
    expect(await bodies()).toEqual([]);
    await call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
    expect(await bodies()).toEqual(['a2']);
  });

  test('Takes as many of one group as it may before it turns to the next', async () => {
    const { send, bodies } = makeOrders();
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) await send(body.charAt(0), body);
    expect(await bodies({ MaxNumberOfMessages: 4 })).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  test('Gives the messages again in their order when they come back', async () => {
    const { testRegion, send, bodies } = makeOrders();
    for (const body of ['1', '2', '3']) await send('a', body);
    expect(await bodies()).toEqual(['1', '2', '3']);
    await testRegion.pass(minute);
    expect(await bodies()).toEqual(['1', '2', '3']);
  });

  test('Holds a group until the last of its messages is visible again', async () => {
    const { testRegion, send, receive, bodies, call } = makeOrders();
    for (const body of ['1', '2']) await send('a', body);
    const [first] = await receive();
    await call('ChangeMessageVisibility', { ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 });
    expect(await bodies()).toEqual([]);
    await testRegion.pass(minute);
    expect(await bodies()).toEqual(['1', '2']);
  });

  test('Takes a deduplication id once in five minutes, and answers the double as the first', async () => {
    const { testRegion, send, sqs } = makeOrders();
    const first = await send('a', 'body', 'x');
    expect(await send('a', 'other body', 'x')).toMatchObject({
      MessageId: first.MessageId,
      SequenceNumber: first.SequenceNumber,
    });
    expect(sqs.count('orders.fifo').visible).toBe(1);
    await testRegion.pass(5 * minute);
    expect((await send('a', 'body', 'x')).MessageId).not.toBe(first.MessageId);
    expect(sqs.count('orders.fifo').visible).toBe(2);
  });

  test('Remembers a deduplication id though the message was deleted meanwhile', async () => {
    const { send, receive, call, bodies } = makeOrders();
    await send('a', 'body', 'x');
    const [message] = await receive();
    await call('DeleteMessage', { ReceiptHandle: message?.ReceiptHandle });
    await send('a', 'body', 'x');
    expect(await bodies()).toEqual([]);
  });

  test.each([
    ['queue', ['1']],
    ['messageGroup', ['1', '1']],
  ] as const)('With the scope %s lets %j of the same id in two groups pass', async (scope, passed) => {
    const { send, bodies } = makeOrders({ fifo: { ...fifo, deduplicationScope: scope } });
    await send('a', '1', 'x');
    await send('b', '1', 'x');
    expect(await bodies()).toEqual(passed);
  });

  test('Deduplicates by content where it is told to, and otherwise wants an id', async () => {
    const byContent = makeOrders({ fifo: { ...fifo, contentBasedDeduplication: true } });
    await byContent.send('a', 'same', '');
    await byContent.send('a', 'same', '');
    await byContent.send('a', 'other', '');
    expect(await byContent.bodies()).toEqual(['same', 'other']);
    await expect(makeOrders().send('a', 'same', '')).rejects.toMatchObject({
      code: 'InvalidParameterValue',
      message: expect.stringContaining('ContentBasedDeduplication') as string,
    });
  });

  test.each([
    [{ MessageBody: 'a', MessageDeduplicationId: 'x' }, 'MissingParameter'],
    [
      { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'x', DelaySeconds: 5 },
      'InvalidParameterValue',
    ],
    [{ MessageBody: 'a', MessageGroupId: 'a b', MessageDeduplicationId: 'x' }, 'InvalidParameterValue'],
    [
      { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'x'.repeat(129) },
      'InvalidParameterValue',
    ],
  ])('Refuses %j with %s', async (input, code) => {
    await expect(makeOrders().call('SendMessage', input)).rejects.toMatchObject({ code });
  });

  test('Deletes only by the newest handle of a message that is still in flight', async () => {
    const { testRegion, send, receive, call, sqs } = makeOrders();
    await send('a', '1');
    const [first] = await receive();
    await testRegion.pass(minute);
    await expect(call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle })).rejects.toMatchObject({
      message: expect.stringContaining('The receipt handle has expired') as string,
    });
    const [second] = await receive();
    await expect(call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle })).rejects.toThrow('expired');
    await call('DeleteMessage', { ReceiptHandle: second?.ReceiptHandle });
    expect(sqs.queue('orders.fifo')?.messages).toEqual([]);
  });

  test('Gives a message up to a FIFO dead-letter queue, in its group, and lets the group go on', async () => {
    const { testRegion, sqs, send, receive, bodies } = makeOrders();
    await send('a', 'poison');
    for (let tries = 0; tries < 2; tries += 1) {
      expect(await receive()).toHaveLength(1);
      await testRegion.pass(minute);
    }
    await send('a', 'next');
    expect(await bodies()).toEqual(['next']);
    expect(sqs.queue('dead.fifo')?.messages).toMatchObject([
      { body: 'poison', groupId: 'a', deadLetterSourceArn: arn('orders.fifo'), receiveCount: 0 },
    ]);
    expect(sqs.queue('dead.fifo')?.messages[0]?.sentAt).toBe(testRegion.now);
  });

  test('Takes a dead-letter queue of its own type only, and a name that ends with .fifo', () => {
    const { sqs } = makeOrders();
    const redrive = { deadLetterTargetArn: arn('dead.fifo'), maxReceiveCount: 2 };
    expect(() => sqs.createQueue({ name: 'standard', redrive })).toThrow('same type of queue');
    expect(() => sqs.createQueue({ name: 'a.fifo' })).toThrow('.fifo suffix');
    expect(() => sqs.createQueue({ name: 'a', fifo })).toThrow('.fifo suffix');
  });

  test('Is never doubled, whatever the fault says', async () => {
    const { testRegion, send, bodies } = makeOrders();
    testRegion.faults = { message: () => [0, 0, 0] };
    await send('a', '1');
    expect(await bodies()).toEqual(['1']);
  });
});

describe('A mapping of a FIFO queue', () => {
  test('Never has two batches of one group at work, and keeps each group’s order', async () => {
    const world = makeOrders();
    map(world);
    const ends: (() => void)[] = [];
    const batches: string[][] = [];
    world.testRegion.functions.look = (event) => {
      batches.push((event as Batch).Records.map(({ body }) => body));
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    for (const body of ['a1', 'a2']) await world.send('a', body);
    await world.testRegion.pass(100);
    await world.send('a', 'a3');
    await world.send('b', 'b1');
    await world.testRegion.pass(1000);
    expect(batches).toEqual([['a1', 'a2'], ['b1']]);
    ends[0]?.();
    await world.testRegion.pass(1000);
    expect(batches).toEqual([['a1', 'a2'], ['b1'], ['a3']]);
  });

  test('Holds a group at its failed message until that is done or dead', async () => {
    const world = makeOrders();
    map(world);
    const seen: string[] = [];
    world.testRegion.functions.look = async (event) => {
      const { Records } = event as Batch;
      seen.push(...Records.map(({ body }) => body));
      const from = Records.findIndex(({ body }) => body === 'bad');
      const failed = from < 0 ? [] : Records.slice(from);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    for (const body of ['good', 'bad', 'after']) await world.send('a', body);
    await world.testRegion.pass(1000);
    await world.send('a', 'later');
    await world.send('b', 'else');
    await world.testRegion.pass(30_000);
    expect(seen).toEqual(['good', 'bad', 'after', 'else']);
    await world.testRegion.pass(60 * minute);
    expect(seen).toEqual(['good', 'bad', 'after', 'else', 'bad', 'after', 'later', 'later']);
    expect(world.sqs.queue('dead.fifo')?.messages.map(({ body }) => body)).toEqual(['bad', 'after']);
  });

  test.each([
    [{ batchSize: 11, windowSeconds: 1 }, 'batch size'],
    [{ windowSeconds: 1 }, 'not supported for FIFO'],
    [{ maximumConcurrency: 1 }, 'MaximumConcurrency'],
  ])('Is refused with %j', (more, message) => {
    expect(() => map(makeOrders(), 'orders.fifo', more)).toThrow(message);
  });
});

test('Whatever is sent, received, given back and deleted: each group’s messages are done in their order, once', async () => {
  const step = fc.record({
    kind: fc.constantFrom('send', 'send', 'receive', 'delete', 'back', 'pass'),
    group: fc.constantFrom('a', 'b', 'c'),
    count: fc.integer({ min: 1, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { testRegion: region, send, receive, call } = makeOrders({ redrive: undefined });
      const sent: Record<string, string[]> = { a: [], b: [], c: [] };
      const done: Record<string, string[]> = { a: [], b: [], c: [] };
      let held: { body: string; handle: string }[] = [];
      const finish = async (from: readonly { body: string; handle: string }[]) => {
        for (const { body, handle } of from) {
          await call('DeleteMessage', { ReceiptHandle: handle });
          done[body.charAt(0)]?.push(body);
        }
      };
      const take = async (count: number) =>
        (await receive({ MaxNumberOfMessages: count })).map(({ Body, ReceiptHandle }) => ({
          body: Body,
          handle: ReceiptHandle,
        }));
      for (const { kind, group, count } of steps) {
        const next = `${group}${String(sent[group]?.length)}`;
        if (kind === 'send') {
          await send(group, next);
          sent[group]?.push(next);
        } else if (kind === 'receive') held.push(...(await take(count)));
        else if (kind === 'delete') await finish(held.splice(0, 1));
        else {
          for (const { handle } of kind === 'back' ? held : [])
            await call('ChangeMessageVisibility', { ReceiptHandle: handle, VisibilityTimeout: 0 });
          if (kind === 'pass') await region.pass(minute);
          held = [];
        }
      }
      await region.pass(minute);
      for (let batch = await take(10); batch.length > 0; batch = await take(10)) await finish(batch);
      expect(done).toEqual(sent);
    }),
    { numRuns: 60 },
  );
});
