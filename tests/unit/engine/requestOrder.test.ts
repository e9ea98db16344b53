import fc from 'fast-check';
import { isNewer, orderOf, whyNewer } from '../../../lib/engine/requestOrder';

const noon = Date.UTC(2026, 10, 22, 12);
const tag = (version: string, more: object = {}) =>
  orderOf({ version, pushedAt: noon, arrivedAt: noon + 500, acceptedAt: noon + 2_000, ...more });

describe('Of two requests', () => {
  test.each([
    ['v1.9.0', 'v1.10.0'],
    ['v2', 'v3'],
    ['v9', 'v10'],
    ['1.0.0-rc.1', '1.0.0'],
    ['1.0.0-alpha', '1.0.0-alpha.1'],
    ['1.0.0-alpha.1', '1.0.0-alpha.beta'],
    ['1.0.0-beta.2', '1.0.0-beta.11'],
    ['api-v1.4.2', 'api-v1.5.0'],
    ['release/1.4', 'release/1.4.1'],
    ['nightly', 'v1'],
  ])(
    '%s is older than %s, if both were pushed in the same second and the older arrived later',
    (older, newer) => {
      const late = tag(older, { arrivedAt: noon + 900 });
      expect(tag(newer) > late).toBe(true);
    },
  );

  test('The later second decides, whatever the versions are', () => {
    const newer = tag('v1', { pushedAt: noon + 1_000 });
    expect(newer > tag('v2')).toBe(true);
    expect(whyNewer(newer, tag('v2'))).toBe(', which was asked for later: 2026-11-22T12:00:01Z');
  });

  test.each([
    [tag('v2'), tag('v1'), ', the higher version of two that were pushed in the same second'],
    [tag('v1'), tag('nightly'), ', a tag of the same second whose name is a number'],
    [tag('v1', { arrivedAt: noon + 600 }), tag('v1'), ', which arrived later in the same second'],
    [tag('v1'), undefined, ', which was accepted later'],
  ])('The sentence says why the newer one is newer (%#)', (newer, older, why) => {
    expect(older === undefined || newer > older).toBe(true);
    expect(whyNewer(newer, older)).toBe(why);
  });

  test('Items of an older Forseti are compared by the time of acceptance', () => {
    expect(isNewer({ since: 2 }, { since: 1, order: tag('v9') })).toBe(true);
    expect(isNewer({ since: 1, order: tag('v2') }, { since: 2, order: tag('v1') })).toBe(true);
  });
});

const request = fc.record({
  version: fc.oneof(
    fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)).map((numbers) => `v${numbers.join('.')}`),
    fc
      .tuple(fc.nat(3), fc.constantFrom('rc', 'beta', 'rc.1', 'rc.10', '7'))
      .map(([n, pre]) => `${String(n)}.0.0-${pre}`),
    fc.constantFrom('nightly', 'hotfix', 'main-8f14e45', 'v', 'api-v3', 'web/2.1'),
  ),
  pushedAt: fc.option(fc.integer({ min: noon, max: noon + 2_999 }), { nil: undefined }),
  arrivedAt: fc.option(fc.integer({ min: noon, max: noon + 4_000 }), { nil: undefined }),
  acceptedAt: fc.integer({ min: noon, max: noon + 5_000 }),
});

test('Whatever the order of delivery, the same request is the newest', () => {
  fc.assert(
    fc.property(
      fc
        .array(request, { minLength: 2, maxLength: 8 })
        .chain((requests) =>
          fc.tuple(fc.constant(requests), fc.shuffledSubarray(requests, { minLength: requests.length })),
        ),
      ([requests, delivered]) => {
        const last = (list: typeof requests) =>
          list.map(orderOf).reduce((newest, order) => (order > newest ? order : newest));
        expect(last(delivered)).toBe(last(requests));
      },
    ),
  );
});

test('Within a second of pushes, a higher number is never older', () => {
  const number = fc.tuple(fc.nat(2_000), fc.nat(2_000), fc.nat(2_000));
  fc.assert(
    fc.property(number, number, fc.nat(999), fc.nat(999), (one, two, arrived, late) => {
      const [a, b] = [one, two].map((parts) => parts.join('.')) as [string, string];
      const expected = one.find((part, at) => part !== two[at]);
      if (expected === undefined) return;
      const at = one.indexOf(expected) >= 0 ? one.findIndex((part, index) => part !== two[index]) : 0;
      const higher = (one[at] ?? 0) > (two[at] ?? 0);
      const [first, second] = [
        tag(a, { arrivedAt: noon + arrived }),
        tag(`v${b}`, { arrivedAt: noon + late }),
      ];
      expect(first > second).toBe(higher);
    }),
  );
});
