import * as fc from 'fast-check';
import type { DriftFinding } from '../../../lib/drift/findings';
import type { DriftItem } from '../../../lib/drift/item';
import { advanceDrift, settledAfterMs, toldAs } from '../../../lib/drift/progress';

const finding = (place: string, state: string, pending = false): DriftFinding => ({
  key: `${place}|${state}`,
  part: 'scaling',
  what: `${place} is ${state}`,
  pending,
  mend: `mend ${place}`,
  trail: { actions: [], mentions: [] },
});

/** Looks at a fleet every five minutes. @returns what is told at each look: `+key` for new, `-key` for mended. */
const run = (looks: readonly (readonly DriftFinding[])[]): string[][] => {
  let item: DriftItem | undefined;
  return looks.map((findings, index) => {
    const now = index * 300_000;
    const progress = advanceDrift('api', item, findings, now);
    item = toldAs(progress.item, progress.due, new Map(), now);
    return [...progress.due.map(({ key }) => `+${key}`), ...progress.mended.map(({ key }) => `-${key}`)];
  });
};
const a = finding('policy', 'gone');
const changed = finding('policy', 'other');
const b = finding('alarm', 'gone');

test.each<[string, readonly (readonly DriftFinding[])[], readonly (readonly string[])[]]>([
  ['told at its second look, once', [[a], [a], [a], [a]], [[], ['+policy|gone'], [], []]],
  ['told when it is mended', [[a], [a], [], []], [[], ['+policy|gone'], ['-policy|gone'], []]],
  ['never told where it is gone before', [[a], [], [a], []], [[], [], [], []]],
  [
    'told again where it has changed',
    [[a], [a], [changed], [changed], []],
    [[], ['+policy|gone'], [], ['+policy|other'], ['-policy|other']],
  ],
  [
    'told no third time where it is as it was told',
    [[a], [a], [changed], [a], [a]],
    [[], ['+policy|gone'], [], [], []],
  ],
  [
    'told as mended where it changed and then went',
    [[a], [a], [changed], []],
    [[], ['+policy|gone'], [], ['-policy|gone']],
  ],
  [
    'apart from another',
    [[a], [a, b], [a, b], [b]],
    [[], ['+policy|gone'], ['+alarm|gone'], ['-policy|gone']],
  ],
  [
    'not told while it waits for a deployment',
    [[finding('policy', 'gone', true)], [finding('policy', 'gone', true)]],
    [[], []],
  ],
])('A difference is %s', (_, looks, expected) => {
  expect(run(looks)).toEqual(expected);
});

test('Nothing is written while nothing changes', () => {
  const first = advanceDrift('api', undefined, [a], 0);
  expect(first.changed).toBe(true);
  expect(advanceDrift('api', first.item, [a], 60_000)).toMatchObject({ changed: false, due: [] });
  expect(advanceDrift('api', undefined, [], 0)).toMatchObject({ changed: false, due: [], mended: [] });
  expect(settledAfterMs).toBeLessThan(300_000);
});

test('Whatever comes and goes, each difference is told once between its ends, and mended only after it was told', () => {
  const look = fc.subarray([a, b, changed]);
  fc.assert(
    fc.property(fc.array(look, { maxLength: 30 }), (looks) => {
      const open = new Set<string>();
      // Of one place there is one difference at a time.
      const possible = looks.map((list) => (list.includes(a) ? list.filter((one) => one !== changed) : list));
      for (const said of run(possible).flat()) {
        const place = said.slice(1, said.indexOf('|'));
        const key = said.slice(1);
        if (said.startsWith('+')) {
          expect(open.has(key)).toBe(false);
          for (const one of open) if (one.startsWith(`${place}|`)) open.delete(one);
          open.add(key);
        } else {
          expect(open.has(key)).toBe(true);
          open.delete(key);
        }
      }
    }),
  );
});
