import {
  type AlarmFacts,
  type AlarmVerdict,
  judgeAlarm,
  markedByAlarm,
} from '../../../lib/intake/judgeAlarm';
import type { LockItem } from '../../../lib/engine/lockItem';
import { recordOf, settingsOf } from '../compensation/fakeContext';

const minute = 60_000;
/** 2026-11-22T08:00:00Z */
const now = Date.UTC(2026, 10, 22, 8);
const alarm = { name: 'api-5xx', changedAt: now - 1_000 };
const mine = markedByAlarm(alarm);

type Known = NonNullable<AlarmFacts['newest']>;
const release = (version: string, more: Partial<Known> = {}): Known => ({
  application: 'api',
  release: '2026-11-22T07:30:00.000Z#api-v2-1',
  version,
  deployment: `api-${version}-1`,
  group: 'web',
  image: 'ami-1',
  launchTemplate: { id: 'lt-1', version: '5' },
  state: 'good',
  acceptedAt: now - 30 * minute,
  markedAt: now - 10 * minute,
  markedBy: `api-${version}-1`,
  ...more,
});
const old = { acceptedAt: now - 900 * minute, markedAt: now - 890 * minute };
const running = recordOf({ kind: 'deployment', acceptedAt: now - 10 * minute });
const held: LockItem = { fleet: 'web', fence: 3, owner: running.execution, deployment: running.deployment };
const facts = (more: Partial<AlarmFacts> = {}): AlarmFacts => ({
  now,
  alarm,
  settings: settingsOf({ rollback: { alarms: ['api-5xx'], windowMinutes: 60 } }),
  lock: undefined,
  running: undefined,
  stopped: false,
  refreshing: false,
  newest: release('v2'),
  newestDeployed: true,
  good: release('v2'),
  ...more,
});
const during = (more: Partial<AlarmFacts> = {}) =>
  facts({ running, lock: held, newest: release('v1', old), good: release('v1', old), ...more });
const automatic = { deployment: 'api-rollback-1', at: now - minute, automatic: true };

type Case = [string, AlarmFacts, AlarmVerdict['act'], RegExp];

describe('An alarm while a deployment runs', () => {
  const marked = (by: string) => ({
    newest: release('v2', { state: 'bad', markedBy: by, deployment: running.deployment }),
  });
  test.each<Case>([
    ['it is halted', during(), 'halt', /Alarm api-5xx rang while api v2 was deployed/],
    ['AWS acts while its refresh runs', during({ refreshing: true }), 'aws acts', /AWS watches the alarm/],
    [
      'an alarm from before it began is not about it',
      during({ alarm: { ...alarm, changedAt: running.acceptedAt - 1 } }),
      'none',
      /before api-v2-1 began/,
    ],
    [
      'one of the very moment is',
      during({ alarm: { ...alarm, changedAt: running.acceptedAt } }),
      'halt',
      /rang while/,
    ],
    [
      'halted once is enough',
      during({ lock: { ...held, halt: { by: 'ada', reason: 'wrong tag' } } }),
      'none',
      /was halted by ada already/,
    ],
    [
      'its own halt, whose delivery died, is finished',
      during({ lock: { ...held, halt: { by: mine, reason: 'rang' } } }),
      'halt',
      /rang while/,
    ],
    [
      'marked bad by another alarm, it is being undone already',
      during({ refreshing: true, ...marked('alarm other 2026-11-22T07:59:00.000Z') }),
      'none',
      /marked bad by alarm other/,
    ],
    [
      'marked bad by this alarm, whose delivery died, it is reported',
      during({ refreshing: true, ...marked(mine) }),
      'aws acts',
      /rolls back by itself/,
    ],
    ['one that was stopped is repaired', during({ stopped: true }), 'none', /was stopped/],
    [
      'one that was stopped in its refresh is AWS’s first',
      during({ stopped: true, refreshing: true }),
      'aws acts',
      /AWS/,
    ],
    [
      'a rollback has no way but forward',
      during({ running: { ...running, kind: 'rollback', version: 'v1' } }),
      'none',
      /Rollback api-v2-1 to v1 is under way already/,
    ],
    [
      'past its point of no return it is a release like any other',
      facts({ running: { ...running, completedAt: now - 2_000 }, lock: held }),
      'roll back',
      /within the watch time of api v2/,
    ],
  ])('The running deployment is judged: %s', (_, given, act, why) => {
    const verdict = judgeAlarm(given);
    expect([verdict.act, verdict.why]).toEqual([act, expect.stringMatching(why)]);
  });
});

describe('An alarm while nothing runs', () => {
  const until = now - 10 * minute + 60 * minute;
  const window = (changedAt: number, seen: number): Partial<AlarmFacts> => ({
    alarm: { ...alarm, changedAt },
    now: seen,
  });
  const bad = (by: string, deployed: boolean, good?: Known): Partial<AlarmFacts> => ({
    newest: release('v3', { state: 'bad', markedBy: by }),
    newestDeployed: deployed,
    good,
  });
  test.each<Case>([
    ['a release in its watch time is rolled back', facts(), 'roll back', /Alarm api-5xx rang within/],
    ['at the last moment, too', facts(window(until, until + 1_000)), 'roll back', /within/],
    [
      'and no moment later',
      facts(window(until + 1, until + 1_000)),
      'none',
      /watch time of api v2 ended at 2026-11-22T08:50/,
    ],
    [
      'an event may be a quarter of an hour late',
      facts(window(until, until + 15 * minute)),
      'roll back',
      /within/,
    ],
    ['and not more', facts(window(until, until + 15 * minute + 1)), 'none', /watch time of api v2 ended/],
    [
      'in its bake time it is watched as well, from when it was asked for',
      facts(window(now - 30 * minute, now)),
      'roll back',
      /within/,
    ],
    ['and not before', facts(window(now - 30 * minute - 1, now)), 'none', /before api v2 was deployed/],
    [
      'there is no release yet',
      facts({ newest: undefined, good: undefined }),
      'none',
      /no release that it could be about/,
    ],
    [
      'one automatic rollback until a person acts',
      facts({ lock: { fleet: 'web', fence: 9, rolledBack: automatic } }),
      'page',
      /rolled back automatically \(api-rollback-1.*nobody has acted since/,
    ],
    [
      'a person’s rollback is no automatic one: the release it went to is watched, and a person has to act',
      facts({
        lock: { fleet: 'web', fence: 9, rolledBack: { ...automatic, automatic: false } },
        ...bad('rollback-1', true, release('v2', { ...old, restoredAt: now - minute })),
      }),
      'page',
      /rolled back to api v2 at .*: somebody has to look/,
    ],
    [
      'as long as its watch time is not over',
      facts(bad('rollback-1', true, release('v2', { ...old, restoredAt: now - 61 * minute }))),
      'none',
      /watch time of api v2 ended/,
    ],
    [
      'the alarm is from before the end of that rollback',
      facts(bad('rollback-1', true, release('v2', { ...old, restoredAt: now }))),
      'none',
      /before api v2 was restored/,
    ],
    [
      'marked bad by this very alarm, whose delivery died, the release is rolled back',
      facts(bad(mine, true, release('v2', old))),
      'roll back',
      /watch time of api v3/,
    ],
    [
      'but not what the fleet came back to from a deployment that it had halted',
      facts(bad(mine, false, release('v2'))),
      'none',
      /api v3 was marked bad and undone for it/,
    ],
    [
      'marked bad by another alarm it is rolled back for that',
      facts(bad('alarm other', true, release('v2', old))),
      'none',
      /marked bad by alarm other already/,
    ],
    [
      'after an undone deployment an alarm on a release that is still watched pages',
      facts(bad('alarm other', false, release('v2'))),
      'page',
      /undone, and now it rings on v2/,
    ],
    [
      'and on one that is not does nothing',
      facts(bad('alarm other', false, release('v2', old))),
      'none',
      /marked bad by alarm other already/,
    ],
    ['all releases are bad', facts(bad('alarm other', true)), 'none', /marked bad by alarm other already/],
  ])('The release is judged: %s', (_, given, act, why) => {
    const verdict = judgeAlarm(given);
    expect([verdict.act, verdict.why]).toEqual([act, expect.stringMatching(why)]);
  });
});

test.each([
  ['while a deployment runs', during({ running: { ...running, acceptedAt: now - 30 * 60 * minute } })],
  [
    'where a page would be next',
    facts({
      lock: { ...held, rolledBack: automatic },
      settings: settingsOf({ rollback: { alarms: ['api-5xx'], windowMinutes: 2_880 } }),
    }),
  ],
])('An alarm of more than a day ago is recorded without an action, %s', (_, given) => {
  const dayMs = 24 * 60 * minute;
  const verdict = judgeAlarm({ ...given, alarm: { ...alarm, changedAt: now - dayMs - 1 } });
  expect([verdict.act, verdict.why]).toEqual(['none', expect.stringMatching(/more than a day ago/)]);
  expect(judgeAlarm({ ...given, alarm: { ...alarm, changedAt: now - dayMs } }).act).not.toBe('none');
});

test('A mark names the alarm and the time of its change, so that two of one alarm can be told apart', () => {
  expect(mine).toBe('alarm api-5xx 2026-11-22T07:59:59.000Z');
  expect(markedByAlarm({ ...alarm, changedAt: alarm.changedAt + 1 })).not.toBe(mine);
});
