import fc from 'fast-check';
import { MemoryStore, type DeduplicationStore, type Lease } from '../src';
import { type Host, hosts } from './hosts';
import { startAt } from './support';

/** What workers do to two messages, in any order and with any delays; a worker that dies does nothing more. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('begin', 'finish', 'release', 'read'),
    worker: fc.integer({ min: 0, max: 2 }),
    message: fc.integer({ min: 0, max: 1 }),
    afterMs: fc.constantFrom(0, 1, 400, 1000, 5000),
  }),
  { maxLength: 25 },
);

type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays the steps, and tells every answer. */
const play = async (store: DeduplicationStore, list: Steps, prefix: string): Promise<unknown[]> => {
  const leases = new Map<string, Lease>();
  const answers: unknown[] = [];
  let now = startAt;
  let claims = 0;
  for (const { what, worker, message, afterMs } of list) {
    now += afterMs;
    const id = `${prefix}${String(message)}`;
    const held = leases.get(`${String(worker)} ${id}`);
    if (what === 'read') answers.push(await store.read(id));
    if (what === 'begin') {
      const owner = `worker-${String(worker)}/${String((claims += 1))}`;
      const begun = await store.begin({ id, owner, now, heldUntil: now + 4000 });
      if (begun.state === 'taken') leases.set(`${String(worker)} ${id}`, begun.lease);
      answers.push({ ...begun, ...('lease' in begun && { lease: { ...begun.lease, id: message } }) });
    }
    // A failed effect gives its lease back, and nothing of it comes after.
    if (what === 'release' && held && leases.delete(`${String(worker)} ${id}`)) await store.release(held);
    if (what === 'finish' && held) {
      const done = { now, keptUntil: now + 3000, result: JSON.stringify(worker) };
      answers.push(
        await store.finish(held, done).then(
          () => 'finished',
          ({ name }: Error) => name,
        ),
      );
    }
  }
  return answers;
};

/** Reads the fences that were granted for a message. */
const fencesOf = (answers: readonly unknown[], message: number): number[] =>
  answers.flatMap((answer) => {
    const { lease } = (answer ?? {}) as { lease?: Lease };
    return lease && (lease.id as unknown) === message ? [lease.fence] : [];
  });

test('Fencing numbers only grow, whatever the workers do', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const answers = await play(new MemoryStore(), list, 'm');
      for (const message of [0, 1]) {
        const fences = fencesOf(answers, message);
        expect(fences).toEqual(fences.map((_, index) => index + 1));
      }
    }),
    { numRuns: 300 },
  );
});

test.each(['dynalite', "the embedded cloud's DynamoDB"] as const)(
  'A store on %s answers as the one in memory does, whatever the workers do',
  async (name) => {
    const host: Host = await hosts[name]!();
    const store = host.newStore();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const prefix = `run ${String((runs += 1))} `;
        const expected = await play(new MemoryStore(), list, prefix);
        expect(await host.run(() => play(store, list, prefix))).toEqual(expected);
      }),
      { numRuns: name === 'dynalite' ? 25 : 100 },
    );
    await host.close();
  },
);
