import fc from 'fast-check';
import { decide, defaultFailover, type Standing } from '../../../lib/failover/decide';

const [home, standby] = ['eu-west-1', 'eu-central-1'];
const now = Date.UTC(2026, 10, 23, 4);
const minute = 60_000;
/** The standby's view, with home active. */
const atStandby: Standing = { here: standby, other: home, home, active: home, bad: 0, good: 100 };
/** The same, with the standby active for an hour. */
const moved: Standing = { ...atStandby, active: standby, since: now - 60 * minute, backlog: 0 };
const atHome: Standing = { here: home, other: standby, home, active: home, bad: 0, good: 100 };
const pinned = { by: 'ada', reason: 'maintenance' };

test.each<[string, Standing, string]>([
  ['home is well', atStandby, 'none'],
  ['one probe of home was bad', { ...atStandby, bad: 1, good: 0 }, 'none'],
  ['two were', { ...atStandby, bad: 2, good: 0 }, 'failover'],
  [
    'one was, and AWS Health reports an issue',
    { ...atStandby, bad: 1, good: 0, healthIssue: true },
    'failover',
  ],
  ['AWS Health reports an issue that no probe sees', { ...atStandby, healthIssue: true }, 'none'],
  ['a person has set home, and it is down', { ...atStandby, bad: 50, good: 0, pinned }, 'none'],
  ['the standby is down, and home active', { ...atHome, bad: 50, good: 0 }, 'none'],
  ['the standby is down, and active', { ...atHome, active: standby, bad: 2, good: 0 }, 'failover'],
  ['the standby is active and well, seen from home', { ...atHome, active: standby }, 'none'],
  ['home is well again', moved, 'failback'],
  ['home has been well for four probes', { ...moved, good: 4 }, 'none'],
  ['home has been well for five', { ...moved, good: 5 }, 'failback'],
  ['the change is nine minutes ago', { ...moved, since: now - 9 * minute }, 'none'],
  ['the change is ten minutes ago', { ...moved, since: now - 10 * minute }, 'failback'],
  ['home has a backlog', { ...moved, good: 6, backlog: 3 }, 'none'],
  ["home's backlog cannot be read", { ...moved, good: 6, backlog: undefined } as never, 'none'],
  ['home has had a backlog for long', { ...moved, good: 20, backlog: 3 }, 'failback'],
  ['a person has set the standby, and home is well', { ...moved, pinned }, 'none'],
])('When %s: %s', (_name, standing, expected) => {
  expect(decide(standing, now).act).toBe(expected);
});

test('No two regions act at once on the same active region, whatever their probes find', () => {
  const count = fc.nat(50);
  fc.assert(
    fc.property(
      fc.constantFrom(home, standby),
      count,
      count,
      count,
      count,
      (active, bad, good, otherBad, otherGood) => {
        const acts = [
          decide({ ...atStandby, active, bad, good, backlog: 0 }, now),
          decide({ ...atHome, active, bad: otherBad, good: otherGood, backlog: 0 }, now),
        ].map(({ act }) => act);
        // Both may decide that home is to be active: the standby since home is well, home since the standby is not.
        const targets = new Set(
          acts.flatMap((act, index) =>
            act === 'none' ? [] : act === 'failback' ? home : [standby, home][index],
          ),
        );
        expect(targets.size).toBeLessThanOrEqual(1);
        expect(targets.has(active)).toBe(false);
      },
    ),
  );
});

test('A home region that flaps faster than the probes that are needed is not made active', () => {
  for (let good = 0; good < defaultFailover.goodProbes; good += 1)
    expect(decide({ ...moved, good }, now).act).toBe('none');
});
