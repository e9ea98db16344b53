import { behaviours } from './behaviours';
import { counted, type Host, hosts } from './hosts';
import { consumer, makeClock, record } from './support';

describe.each(Object.entries(hosts))('On %s', (_name, open) => {
  let host: Host;
  beforeAll(async () => {
    host = await open();
  });
  afterAll(() => host.close());

  for (const [sentence, behaves] of Object.entries(behaviours))
    test(`A consumer ${sentence}`, () => behaves(host));
});

/** dynalite does not return the old item of a failed condition, as AWS does: it is asked for it. */
test.each(counted)(
  'On %s a message costs at most two requests, and a double one where the old item is returned',
  async (name) => {
    const host = await hosts[name]!();
    const { handle, states } = consumer(host.newStore(), makeClock(), () => 'done');
    const batch = Array.from({ length: 10 }, (_, index) => record(`counted ${String(index)}`));
    const count = () => Object.values(host.requests()).reduce((sum, requests) => sum + requests, 0);
    const before = count();
    await host.run(() => handle(batch));
    const between = count();
    await host.run(() => handle(batch));
    const after = count();
    await host.close();
    expect(states()).toEqual([...batch.map(() => 'done'), ...batch.map(() => 'double')]);
    expect(between - before).toBeGreaterThan(batch.length);
    expect(between - before).toBeLessThanOrEqual(2 * batch.length);
    expect(after - between).toBe(name === 'dynalite' ? 2 * batch.length : batch.length);
  },
);
