import fc from 'fast-check';
import { readOptions } from '../soak/options';
import { planOf, type Rates } from '../soak/plan';
import { isAsPromised, merge, plansOf } from '../soak/report';
import { runShard } from '../soak/shard';

jest.setTimeout(60_000);

const smoke = { seed: 1, messages: 500 } as const;

test('On strong tables 500 messages survive every outage, and each takes its effect once', async () => {
  const result = await runShard(planOf({ ...smoke, table: 'strong' }));
  expect(result).toMatchObject({
    sent: 500,
    acknowledged: 500,
    lost: 0,
    effectsDoubled: 0,
    begunAfterDone: 0,
    failovers: 4,
  });
  // What was to go wrong did go wrong.
  expect(result.delivered).toBeGreaterThan(500);
  for (const name of ['spooled', 'killed', 'repeats', 'deadLettered'] as const)
    expect(result[name]).toBeGreaterThan(0);
  expect(isAsPromised(result, 'strong')).toBe(true);
});

test('On eventual tables the same run loses nothing and does effects twice', async () => {
  const result = await runShard(planOf({ ...smoke, table: 'eventual' }));
  expect(result).toMatchObject({ sent: 500, acknowledged: 500, lost: 0 });
  expect(result.effectsDoubled).toBeGreaterThan(0);
  expect(isAsPromised(result, 'strong')).toBe(false);
  expect(isAsPromised(result, 'eventual')).toBe(true);
});

test('The same seed gives the same result, another seed another', async () => {
  const run = (seed: number) => runShard(planOf({ seed, table: 'strong', messages: 60 }));
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
});

const share = (max: number) => fc.double({ min: 0, max, noNaN: true });

const rates = fc.record<Rates>({
  sendAnsweredWrongly: share(0.3),
  sendConfused: share(1),
  sendUnanswered: share(0.1),
  doubledBySqs: share(1),
  effectAnsweredWrongly: share(0.2),
  effectUnanswered: share(0.05),
  deleteFails: share(0.5),
  killed: share(0.3),
  poison: share(0.1),
});

test('Whatever the rates of the faults, strong tables lose nothing and do nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 25 }), rates, async (seed, messages, given) => {
      const result = await runShard(planOf({ seed, messages, table: 'strong', rates: given }));
      expect(result).toMatchObject({ acknowledged: messages, lost: 0, effectsDoubled: 0, begunAfterDone: 0 });
    }),
    { numRuns: 12, seed: 20261123 },
  );
});

test('Messages are shared out in full, in an order that the seed alone decides', () => {
  const plans = plansOf({ messages: 100_001, seed: 5, table: 'strong' });
  expect(plans.reduce((sum, { messages }) => sum + messages, 0)).toBe(100_001);
  expect(new Set(plans.map(({ seed }) => seed)).size).toBe(plans.length);
  expect(plansOf({ messages: 100_001, seed: 5, table: 'strong' })).toEqual(plans);
});

test('A report sums its shards, and a single lost message breaks the promise of either table', async () => {
  const shard = await runShard(planOf({ seed: 3, table: 'strong', messages: 10 }));
  const report = merge([shard, { ...shard, lost: 1 }], 1.26);
  expect(report).toMatchObject({ sent: 20, lost: 1, failovers: 8, seconds: 1.3 });
  expect(isAsPromised(report, 'strong')).toBe(false);
  expect(isAsPromised(report, 'eventual')).toBe(false);
  expect(isAsPromised({ ...shard, effectsDoubled: 1 }, 'strong')).toBe(false);
  expect(isAsPromised({ ...shard, begunAfterDone: 1 }, 'strong')).toBe(false);
});

test('Options that cannot be used are all reported at once', () => {
  const { problems } = readOptions([
    '--messages',
    '0',
    '--seed',
    'x',
    '--table',
    'weak',
    '--format',
    'xml',
  ]) as {
    problems: readonly string[];
  };
  expect(problems).toHaveLength(4);
  expect(problems.join()).toContain("--table is 'weak', expected strong (MRSC) or eventual (MREC)");
  expect(readOptions([])).toEqual({ messages: 100_000, seed: 1, table: 'strong', format: 'plain' });
});
