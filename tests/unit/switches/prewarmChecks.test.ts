import { type PrewarmFacts, prewarmProblems, type PrewarmWish } from '../../../lib/switches/prewarm/checks';

const now = Date.UTC(2026, 10, 22, 8);
const hourMs = 3_600_000;
const wish: PrewarmWish = { capacity: 50, at: now + 6 * hourMs, until: now + 9 * hourMs, units: 100 };
const facts: PrewarmFacts = {
  now,
  group: { name: 'api', min: 4, max: 100, suspended: [], operator: undefined },
  instances: 6,
  quota: { code: 'L-1216C47A', limitVcpus: 1_280, usedVcpus: 12, vcpusPerInstance: 2 },
  freeAddresses: 4_000,
  scheduled: [],
  deployment: undefined,
  balancers: ['arn'],
  unitsPerBalancer: 15_000,
  unitsPerRegion: 1_000,
};

test('A warm-up that fits has no problems', () => {
  expect(prewarmProblems(wish, facts)).toEqual({ wrong: [], short: [] });
});

test.each<[string, Partial<PrewarmWish>, Partial<PrewarmFacts>, RegExp]>([
  ['now', { at: now }, {}, /two minutes have to lie between/],
  [
    'in two years',
    { at: now + 800 * 24 * hourMs, until: now + 801 * 24 * hourMs },
    {},
    /more than a year from now/,
  ],
  ['for a minute', { until: wish.at + 60_000 }, {}, /it has to last ten minutes/],
  ['for two months', { until: wish.at + 60 * 24 * hourMs }, {}, /more than 30 days/],
  [
    'with launching suspended',
    {},
    { group: { ...facts.group, suspended: ['Launch', 'AZRebalance'] } },
    /Launch of api is suspended/,
  ],
  [
    'over another scheduled action',
    {},
    { scheduled: [{ name: 'night', startsAt: wish.at + hourMs }] },
    /night at 2026-11-22T15:00/,
  ],
  [
    'of a group of another operator',
    {},
    { group: { ...facts.group, operator: 'eks.amazonaws.com' } },
    /held by eks\.amazonaws\.com/,
  ],
  ['during a deployment', {}, { deployment: 'api-v2-0123' }, /api-v2-0123 is at work/],
])('A warm-up %s is wrong', (_what, more, found, message) => {
  const { wrong } = prewarmProblems({ ...wish, ...more }, { ...facts, ...found });
  expect(wrong).toEqual([expect.stringMatching(message)]);
});

test.each<[string, Partial<PrewarmFacts>, RegExp]>([
  [
    'vCPUs',
    { quota: { code: 'L-1216C47A', limitVcpus: 64, usedVcpus: 12, vcpusPerInstance: 2 } },
    /44 more instances need 88 vCPUs.*Ask for 100/,
  ],
  [
    'addresses',
    { freeAddresses: 43 },
    /44 more instances need as many addresses; the subnets of api have 43 free/,
  ],
  [
    'LCU of one load balancer',
    { unitsPerBalancer: 99 },
    /100 LCU are more than one load balancer may reserve, 99/,
  ],
  [
    'LCU of the region',
    { balancers: ['a', 'b'], unitsPerRegion: 150 },
    /200 LCU are more than the region's quota/,
  ],
])('What would be short on the day is reported at once: %s', (_what, found, message) => {
  const { wrong, short } = prewarmProblems(wish, { ...facts, ...found });
  expect([wrong, short]).toEqual([[], [expect.stringMatching(message)]]);
});

test('Just enough is enough, and other actions outside of its time are no obstacle', () => {
  const just: PrewarmFacts = {
    ...facts,
    quota: { code: 'L-1216C47A', limitVcpus: 100, usedVcpus: 12, vcpusPerInstance: 2 },
    freeAddresses: 44,
    unitsPerRegion: 100,
    scheduled: [
      { name: 'before', startsAt: wish.at - 1 },
      { name: 'after', startsAt: wish.until + 1 },
      { name: 'forseti-prewarm-start', startsAt: wish.at },
    ],
  };
  expect(prewarmProblems(wish, just)).toEqual({ wrong: [], short: [] });
});

test('A family without a known quota, and no load balancer, is no problem', () => {
  const unknown = { ...facts, quota: undefined, balancers: [], unitsPerRegion: 0 };
  expect(prewarmProblems(wish, unknown)).toEqual({ wrong: [], short: [] });
});
