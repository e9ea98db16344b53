import type { Release } from '../../../lib/engine/releases';
import { judgeWayBack, type WayBackFacts, wayBackText } from '../../../lib/rollback/wayBack';

const now = Date.UTC(2026, 10, 22, 8);
const release = (n: number, more: Partial<Release> = {}): Release => ({
  application: 'api',
  release: `2026-11-2${String(n)}T00:00:00.000Z#d-${String(n)}`,
  version: `v${String(n)}`,
  deployment: `d-${String(n)}`,
  group: 'web',
  image: `ami-${String(n)}`,
  launchTemplate: { id: 'lt-1', version: String(n) },
  state: 'good',
  markedAt: now,
  markedBy: `d-${String(n)}`,
  ...more,
});
const both = [release(2), release(1)];

const judged = (
  more: Partial<WayBackFacts> = {},
  tried: { now?: string; back?: string } = {},
  parts: readonly string[] = [],
) =>
  judgeWayBack(
    {
      application: 'api',
      group: {
        name: 'web',
        launchTemplate: { id: 'lt-1', name: 'web', version: '2' },
        suspended: [],
        instances: [],
      },
      releases: both,
      groupTemplate: { id: 'lt-1', version: '2' },
      unusable: new Map(),
      busy: false,
      present: { image: 'ami-2', state: 'available' },
      failedLaunches: [],
      now,
      ...more,
    },
    { now: tried.now, back: tried.back },
    parts,
  );
const gone = (n: number) => new Map([[release(n).release, { what: 'image', state: 'gone' } as const]]);

test('The way back is the release that a rollback would choose, and nothing is wrong with it', () => {
  const found = judged();
  expect([found.release?.name, found.problems]).toEqual(['v1', []]);
  expect(wayBackText(found)).toBe('v1 (ami-1, version 1 of lt-1)');
});

test('A rollback of a moment ago is no reason to have no way back', () => {
  const restored = { restoredAt: now - 1_000 };
  expect(judged({ releases: [release(2, restored), release(1)] }).release?.name).toBe('v1');
});

test.each<[string, Partial<WayBackFacts>, string]>([
  ['nothing was deployed', { releases: [] }, 'nothing was deployed yet'],
  ['there is one version', { releases: [release(2)] }, 'v2 is its only version yet'],
])('Where there is no way back yet, that is said, and nothing is wrong: %s', (_, more, words) => {
  const found = judged(more);
  expect([found.release, found.problems]).toEqual([undefined, []]);
  expect(found.none).toContain(words);
});

const problems: [string, ReturnType<typeof judged>, RegExp][] = [
  [
    'the image that runs is gone',
    judged({ present: { image: 'ami-2', state: 'gone' }, unusable: gone(2) }),
    /^Image ami-2 of v2, which runs, is gone: group web can launch no instance\.$/,
  ],
  [
    'launching is suspended',
    judged({
      group: {
        name: 'web',
        launchTemplate: { id: 'lt-1', name: 'web', version: '2' },
        suspended: ['Launch'],
        instances: [],
      },
    }),
    /^Process Launch of group web is suspended/,
  ],
  ['launches fail', judged({ failedLaunches: ['No capacity.', 'x'] }), /^The last 2 launches .*No capacity/],
  ['AWS refuses a launch', judged({}, { now: 'InvalidKeyPair' }), /^InvalidKeyPair$/],
  ['AWS refuses to launch the way back', judged({}, { back: 'InvalidGroup' }), /^v1: InvalidGroup$/],
  ['a snapshot is gone', judged({}, {}, ['snapshot snap-1 is gone']), /^v1: snapshot snap-1 is gone$/],
  ['no other image is left', judged({ unusable: gone(1) }), /Image ami-1 of api v1 is gone/],
];
test.each(problems)('It is a problem if %s', (_, found, words) => {
  expect(found.problems).toHaveLength(1);
  expect(found.problems[0]).toMatch(words);
});

test('What is refused for both is said once, and what a deployment has suspended is its own work', () => {
  expect(judged({}, { now: 'x', back: 'x' }).problems).toEqual(['x']);
  const busy = {
    name: 'web',
    launchTemplate: { id: 'lt-1', name: 'web', version: '2' },
    suspended: ['Launch'],
    instances: [],
  };
  expect(judged({ group: busy, busy: true }).problems).toEqual([]);
});

test('A newer release that cannot be launched is passed over, and named', () => {
  const found = judged({
    releases: [release(3), ...both],
    group: {
      name: 'web',
      launchTemplate: { id: 'lt-1', name: 'web', version: '3' },
      suspended: [],
      instances: [],
    },
    groupTemplate: { id: 'lt-1', version: '3' },
    present: { image: 'ami-3', state: 'available' },
    unusable: gone(2),
  });
  expect([found.release?.name, found.problems]).toEqual(['v1', []]);
  expect(found.passedOver[0]).toMatch(/v2 was passed over: image ami-2 is gone/);
});
