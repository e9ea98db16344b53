import { judgeRinging, type LastEnd, type RingingFacts } from '../../../lib/intake/judgeRinging';
import { markedByAlarm } from '../../../lib/intake/judgeAlarm';
import { wellEnded } from '../../../lib/engine/end';
import { recordOf, settingsOf } from '../compensation/fakeContext';

const minute = 60_000;
/** 2026-11-22T08:00:00Z */
const now = Date.UTC(2026, 10, 22, 8);
const alarm = { name: 'api-5xx', changedAt: now - 20 * minute };
type Known = NonNullable<RingingFacts['good']>;
const release = (version: string, more: Partial<Known> = {}): Known => ({
  application: 'api',
  release: '2026-11-22T07:00:00.000Z#api-v2-1',
  version,
  deployment: `api-${version}-1`,
  group: 'web',
  image: 'ami-1',
  launchTemplate: { id: 'lt-1', version: '5' },
  state: 'good',
  acceptedAt: now - 60 * minute,
  markedAt: now - 50 * minute,
  markedBy: `api-${version}-1`,
  ...more,
});
const halted = { ...wellEnded({ kind: 'deployment' }), outcome: 'RolledBack', error: 'Halted' } as const;
const undoneV3: LastEnd = {
  deployment: 'api-v3-1',
  kind: 'deployment',
  version: 'v3',
  outcome: 'RolledBack',
  acceptedAt: now - 25 * minute,
  closedAt: now - 10 * minute,
  end: halted,
};
const backOnV1: LastEnd = {
  ...undoneV3,
  deployment: 'api-rollback-1',
  kind: 'rollback',
  version: 'v1',
  end: wellEnded({ kind: 'rollback' }),
};
const old = { acceptedAt: now - 900 * minute, markedAt: now - 890 * minute };
const facts = (more: Partial<RingingFacts> = {}): RingingFacts => ({
  now,
  alarm,
  settings: settingsOf({ rollback: { alarms: ['api-5xx'], windowMinutes: 60 } }),
  lock: undefined,
  running: undefined,
  newest: release('v2'),
  newestDeployed: true,
  good: release('v2'),
  last: undoneV3,
  touchedAt: undefined,
  pagedAt: undefined,
  evaluatedSeconds: 60,
  ...more,
});
const automatic = { deployment: 'api-rollback-1', at: now - minute, automatic: true };

test.each<[string, Partial<RingingFacts>, string, RegExp]>([
  [
    'while a deployment runs',
    { running: recordOf({ kind: 'deployment' }) },
    'none',
    /looked at again when it has ended/,
  ],
  ['without any deployment', { last: undefined }, 'none', /no deployment/],
  ['just after the end', { last: { ...undoneV3, closedAt: now - 59_000 } }, 'none', /had no time to end/],
  ['before its own evaluation is over', { evaluatedSeconds: 700 }, 'none', /less than 700 seconds ago/],
  [
    'before the usual time, where none is known',
    { evaluatedSeconds: undefined, last: { ...undoneV3, closedAt: now - 4 * minute } },
    'none',
    /300 seconds/,
  ],
  [
    'accepted by the request',
    { alarm: { ...alarm, changedAt: now - 30 * minute }, last: { ...undoneV3, muted: ['api-5xx'] } },
    'none',
    /in spite of it/,
  ],
  ['somebody was paged since', { pagedAt: now - minute }, 'none', /was paged for it/],
  [
    'the release on the fleet is its own',
    {},
    'roll back',
    /within the watch time of v2 and before v3 had changed/,
  ],
  [
    'it rang before the halted deployment touched the fleet',
    { touchedAt: now - 15 * minute },
    'roll back',
    /before v3/,
  ],
  [
    'the event of the release itself was lost',
    { last: { ...undoneV3, deployment: 'api-v2-1', version: 'v2', outcome: 'Deployed' } },
    'roll back',
    /watch time of v2\.$/,
  ],
  [
    'its event marked the release bad, and no rollback was started',
    {
      newest: release('v2', { state: 'bad', markedBy: markedByAlarm(alarm) }),
      good: release('v1', old),
      last: { ...undoneV3, deployment: 'api-v2-1', outcome: 'Deployed' },
    },
    'roll back',
    /watch time of v2/,
  ],
  [
    'it rang after the undone deployment had touched the fleet',
    { touchedAt: now - 21 * minute },
    'page',
    /v3 is not its cause, or v2 has the same fault/,
  ],
  [
    'there was an automatic rollback already',
    { lock: { fleet: 'web', fence: 2, rolledBack: automatic } },
    'page',
    /still rings/,
  ],
  [
    'after a rollback',
    { last: backOnV1, good: release('v1', { ...old, restoredAt: now - 10 * minute }) },
    'page',
    /rolled back is not its cause/,
  ],
  [
    'the release was gone back to',
    { good: release('v2', { restoredAt: now - 30 * minute }) },
    'page',
    /still rings/,
  ],
  [
    'after a rollback that failed',
    { last: { ...backOnV1, outcome: 'Dirty', end: { ...halted, outcome: 'Dirty' } } },
    'page',
    /was not brought back/,
  ],
  ['it rang yesterday', { now: now + 25 * 60 * minute }, 'page', /still rings/],
  [
    'outside of any watch time, after the end',
    { good: release('v2', old), alarm: { ...alarm, changedAt: now - 5 * minute } },
    'none',
    /outside of any watch time/,
  ],
  [
    'a request is refused while it rings',
    {
      good: release('v2', old),
      last: { ...undoneV3, outcome: 'Rejected', end: { ...halted, error: 'PreflightFailed' } },
    },
    'page',
    /no version is deployed while it rings/,
  ],
])('An alarm that rings on, %s', (_, more, act, why) => {
  const verdict = judgeRinging(facts(more));
  expect([verdict.act, verdict.why]).toEqual([act, expect.stringMatching(why)]);
});
