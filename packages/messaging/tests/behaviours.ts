import { markId, type MessageDelivery, type SqsRecord } from '../src/index';
import type { Host } from './hosts';
import { consumer, fifoRecord, gate, makeClock, record } from './support';

let tests = 0;

/** A sandbox or two on one store's marks; ids are the test's own, since the table is shared. */
const scene = (host: Host) => {
  tests += 1;
  const prefix = `test ${String(tests)} `;
  return {
    clock: makeClock(),
    store: host.newStore(),
    other: host.newStore(),
    id: (name: string) => `${prefix}${name}`,
    sqs: (name: string) => `sqs-${prefix}${name}`,
  };
};

/** What must hold of a consumer wherever its marks are kept: name and test. */
export const behaviours: Readonly<Record<string, (host: Host) => Promise<void>>> = {
  'hands the effect the message, its id and a fencing number that begins at 1': async (host) => {
    const { clock, store, id } = scene(host);
    const seen: unknown[] = [];
    const { handle } = consumer(store, clock, (delivery) => seen.push(delivery));
    const message = record(id('a'), { attributes: { ApproximateReceiveCount: '3' } });
    expect(await host.run(() => handle([message]))).toEqual([]);
    expect(seen).toEqual([
      { message, id: id('a'), fence: 1, heldUntil: clock.now() + 60_000, receiveCount: 3 },
    ]);
  },

  'does the effect of a double once and gives it the stored result': async (host) => {
    const { clock, store, other, id } = scene(host);
    let effects = 0;
    const effect = () => ({ ticket: 4711, effects: (effects += 1) });
    const first = consumer(store, clock, effect);
    const second = consumer(other, clock, effect);
    await host.run(() => first.handle([record(id('a'))]));
    expect(await host.run(() => second.handle([record(id('a'), { messageId: 'another' })]))).toEqual([]);
    expect(effects).toBe(1);
    expect(second.outcomes).toEqual([
      {
        messageId: 'another',
        id: id('a'),
        state: 'double',
        fence: 1,
        result: { ticket: 4711, effects: 1 },
      },
    ]);
  },

  'fails a message whose id is done with another body, and goes on failing it': async (host) => {
    const { clock, store, other, id } = scene(host);
    const seen: string[] = [];
    const effect = ({ message }: MessageDelivery) => seen.push(message.body);
    const first = consumer(store, clock, effect);
    const second = consumer(other, clock, effect);
    const paid = (amount: number, messageId: string) =>
      record(id('a'), { messageId, body: JSON.stringify({ seat: 'A1', amount }) });
    await host.run(() => first.handle([paid(10, 'one')]));
    expect(await host.run(() => second.handle([paid(9000, 'two')]))).toEqual(['two']);
    expect(await host.run(() => second.handle([paid(9000, 'two'), paid(10, 'three')]))).toEqual(['two']);
    expect(seen).toEqual(['{"seat":"A1","amount":10}']);
    expect(second.states()).toEqual(['failed', 'failed', 'double']);
    expect(second.outcomes[0]).toMatchObject({
      error: { name: 'ConflictingMessage' },
    });
  },

  'takes a message for a double whose mark has no hash, as older versions wrote it': async (host) => {
    const { clock, store, id } = scene(host);
    const lease = {
      id: markId('orders', id('a')),
      owner: 'older',
      now: clock.now(),
      heldUntil: clock.now() + 1,
    };
    const begun = await host.run(() => store.begin(lease));
    if (begun.state !== 'taken') throw new Error('The mark was not free.');
    const done = { now: clock.now(), keptUntil: clock.now() + 1_000_000, result: '4711' };
    await host.run(() => store.finish(begun.lease, done));
    const { handle, outcomes } = consumer(store, clock, () => 1);
    expect(await host.run(() => handle([record(id('a'), { body: 'whatever' })]))).toEqual([]);
    expect(outcomes).toMatchObject([{ state: 'double', result: 4711 }]);
  },

  'does not compare what its settings leave out': async (host) => {
    const { clock, store, id } = scene(host);
    const { handle, states } = consumer(store, clock, () => 1, { payloadOf: () => undefined });
    for (const body of ['sent at 8', 'sent at 9'])
      expect(await host.run(() => handle([record(id('a'), { body })]))).toEqual([]);
    expect(states()).toEqual(['done', 'double']);
  },

  "finds the publisher's id, or SNS's own, in the envelope of a topic": async (host) => {
    const { clock, store, id } = scene(host);
    const { handle, states } = consumer(store, clock, () => 1);
    const notified = (messageId: string, given?: string): SqsRecord => ({
      messageId: id(messageId),
      body: JSON.stringify({
        Type: 'Notification',
        MessageId: id('sns'),
        Timestamp: messageId,
        Message: '{"seat":"A1"}',
        ...(given !== undefined && {
          MessageAttributes: { ForsetiMessageId: { Type: 'String', Value: id(given) } },
        }),
      }),
    });
    const batch = [notified('one', 'order'), notified('two', 'order'), notified('three'), notified('four')];
    for (const message of batch) expect(await host.run(() => handle([message]))).toEqual([]);
    expect(states()).toEqual(['done', 'double', 'done', 'double']);
  },

  'does the effect of a double within one batch once': async (host) => {
    const { clock, store, id } = scene(host);
    let effects = 0;
    const { handle, states } = consumer(store, clock, () => (effects += 1));
    const batch = [record(id('a')), record(id('a'), { messageId: 'b' }), record(id('c'))];
    expect(await host.run(() => handle(batch))).toEqual([]);
    expect(effects).toBe(2);
    expect(states().sort()).toEqual(['done', 'done', 'double']);
  },

  'reports a failed message alone, and lets its next try begin at once with a higher fence': async (host) => {
    const { clock, store, id, sqs } = scene(host);
    const fences: number[] = [];
    const { handle } = consumer(store, clock, (delivery) => {
      if (delivery.id !== id('b')) return 'fine';
      fences.push(delivery.fence);
      if (fences.length === 1) throw new Error('no seat left');
      return 'fine now';
    });
    const batch = [record(id('a')), record(id('b')), record(id('c'))];
    expect(await host.run(() => handle(batch))).toEqual([sqs('b')]);
    expect(await host.run(() => handle([record(id('b'))]))).toEqual([]);
    expect(fences).toEqual([1, 2]);
  },

  'leaves a message that another works on for later, and never drops it': async (host) => {
    const { clock, store, other, id, sqs } = scene(host);
    const { opened, open } = gate();
    const begun = gate();
    const slow = consumer(store, clock, async () => {
      begun.open();
      await opened;
      return 'by the first';
    });
    let effects = 0;
    const second = consumer(other, clock, () => (effects += 1));
    await host.run(async () => {
      const working = slow.handle([record(id('a'))]);
      await begun.opened;
      expect(await second.handle([record(id('a'))])).toEqual([sqs('a')]);
      open();
      expect(await working).toEqual([]);
      expect(await second.handle([record(id('a'))])).toEqual([]);
    });
    expect(second.states()).toEqual(['held', 'double']);
    expect(effects).toBe(0);
  },

  'takes over from a worker that died once its lease has expired, by the clock': async (host) => {
    const { clock, store, other, id, sqs } = scene(host);
    const claim = {
      id: `orders/${id('a')}`,
      owner: 'died',
      now: clock.now(),
      heldUntil: clock.now() + 60_000,
    };
    await host.run(() => store.begin(claim));
    const fences: number[] = [];
    const { handle } = consumer(other, clock, ({ fence }) => fences.push(fence));
    clock.pass(59_999);
    expect(await host.run(() => handle([record(id('a'))]))).toEqual([sqs('a')]);
    clock.pass(1);
    expect(await host.run(() => handle([record(id('a'))]))).toEqual([]);
    expect(fences).toEqual([2]);
  },

  'reports a lost lease to its worker, counts it, and keeps the mark of the successor': async (host) => {
    const { clock, store, other, id, sqs } = scene(host);
    const slow = consumer(store, clock, async () => {
      clock.pass(60_001);
      await consumer(other, clock, () => 'by the successor').handle([record(id('a'))]);
      return 'too late';
    });
    expect(await host.run(() => slow.handle([record(id('a'))]))).toEqual([sqs('a')]);
    expect(slow.outcomes).toMatchObject([{ state: 'unsure', error: { name: 'LeaseLost' } }]);
    const mark = await host.run(() => store.read(`orders/${id('a')}`));
    expect(mark).toMatchObject({ fence: 2, result: '"by the successor"' });
    const twice = await host.run(() => store.doneTwice());
    expect(twice).toContainEqual({ id: `orders/${id('a')}`, times: 1 });
  },

  'grants a message to one of many that ask at once': async (host) => {
    const { clock, store, other, id } = scene(host);
    let effects = 0;
    const sandboxes = Array.from({ length: 8 }, (_, index) =>
      consumer(index % 2 === 0 ? store : other, clock, () => (effects += 1)),
    );
    await host.run(() => Promise.all(sandboxes.map(({ handle }) => handle([record(id('a'))]))));
    expect(effects).toBe(1);
    expect(sandboxes.flatMap(({ states }) => states()).filter((state) => state === 'done')).toHaveLength(1);
  },

  'recognises its own lease when the answer was lost and the SDK asked again': async (host) => {
    const { clock, store, id } = scene(host);
    const claim = {
      id: id('a'),
      owner: 'me/1',
      now: clock.now(),
      heldUntil: clock.now() + 60_000,
    };
    const first = await host.run(() => store.begin(claim));
    const again = await host.run(() => store.begin(claim));
    expect(again).toEqual(first);
    expect(again).toMatchObject({ state: 'taken', lease: { fence: 1 } });
  },

  'finishes twice as once': async (host) => {
    const { clock, store, id } = scene(host);
    const now = clock.now();
    const begun = await host.run(() =>
      store.begin({ id: id('a'), owner: 'me/1', now, heldUntil: now + 60_000 }),
    );
    if (begun.state !== 'taken') throw new Error(`expected taken, got ${begun.state}`);
    const done = { now, keptUntil: now + 1000, result: '1' };
    await host.run(() => store.finish(begun.lease, done));
    await host.run(() => store.finish(begun.lease, done));
    expect(await host.run(() => store.read(id('a')))).toMatchObject({ doneAt: now, result: '1' });
  },

  'does not give back a lease that another has taken over': async (host) => {
    const { clock, store, other, id } = scene(host);
    const claim = (owner: string) => ({
      id: id('a'),
      owner,
      now: clock.now(),
      heldUntil: clock.now() + 1000,
    });
    const first = await host.run(() => store.begin(claim('first')));
    clock.pass(1000);
    await host.run(() => other.begin(claim('second')));
    if (first.state !== 'taken') throw new Error(`expected taken, got ${first.state}`);
    await host.run(() => store.release(first.lease));
    expect(await host.run(() => store.begin(claim('third')))).toMatchObject({
      state: 'held',
      mark: { heldBy: 'second' },
    });
  },

  'keeps a done mark for longer than SQS keeps a message, then takes the id as new': async (host) => {
    const { clock, store, id } = scene(host);
    const fences: number[] = [];
    const { handle } = consumer(store, clock, ({ fence }) => fences.push(fence));
    const day = 24 * 60 * 60 * 1000;
    await host.run(() => handle([record(id('a'))]));
    clock.pass(30 * day - 1);
    await host.run(() => handle([record(id('a'))]));
    expect(fences).toEqual([1]);
    clock.pass(1);
    await host.run(() => handle([record(id('a'))]));
    expect(fences).toEqual([1, 2]);
  },

  'holds the group of a failed FIFO message, and no other': async (host) => {
    const { clock, store, id, sqs } = scene(host);
    const order: string[] = [];
    const { handle, states } = consumer(store, clock, (delivery) => {
      if (delivery.id === id('a2')) throw new Error('broken');
      order.push(delivery.id);
    });
    const batch = [
      fifoRecord(id('a1'), 'a'),
      fifoRecord(id('b1'), 'b'),
      fifoRecord(id('a2'), 'a'),
      fifoRecord(id('a3'), 'a'),
      fifoRecord(id('b2'), 'b'),
    ];
    expect(await host.run(() => handle(batch))).toEqual([sqs('a2'), sqs('a3')]);
    expect(order.filter((name) => name.includes('a'))).toEqual([id('a1')]);
    expect(order.filter((name) => name.includes(' b'))).toEqual([id('b1'), id('b2')]);
    expect(states().sort()).toEqual(['done', 'done', 'done', 'failed', 'untouched']);
    const mark = await host.run(() => store.read(`orders/${id('a3')}`));
    expect(mark).toBeUndefined();
  },

  'works on at most as many messages at once as its settings say': async (host) => {
    const { clock, store, id } = scene(host);
    let atWork = 0;
    let most = 0;
    const effect = async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await store.read('nothing');
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
    };
    const { handle } = consumer(store, clock, effect, { concurrency: 3 });
    const batch = Array.from({ length: 12 }, (_, index) => record(id(String(index))));
    expect(await host.run(() => handle(batch))).toEqual([]);
    expect(most).toBe(3);
  },

  'keeps two consumers of one message apart': async (host) => {
    const { clock, store, id } = scene(host);
    const effects: string[] = [];
    const mail = consumer(store, clock, () => effects.push('mail'), { consumer: 'mail' });
    const bill = consumer(store, clock, () => effects.push('bill'), { consumer: 'bill' });
    await host.run(() => mail.handle([record(id('a'))]));
    await host.run(() => bill.handle([record(id('a'))]));
    expect(effects).toEqual(['mail', 'bill']);
  },

  'counts a result that cannot be kept as done all the same': async (host) => {
    const { clock, store, id } = scene(host);
    const { handle, outcomes } = consumer(store, clock, () => 'x'.repeat(400_000));
    expect(await host.run(() => handle([record(id('a'))]))).toEqual([]);
    expect(outcomes).toMatchObject([
      { state: 'done', notKept: expect.stringContaining('400002 bytes') as unknown },
    ]);
    await host.run(() => handle([record(id('a'))]));
    expect(outcomes[1]).toMatchObject({ state: 'double', result: undefined });
  },
};
