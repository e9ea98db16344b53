import { AutoScalingClient, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import type { Member } from '../../../lib/fleet/group';
import type { FleetView } from '../../../lib/rollout/fleetView';
import { graceMsOf, lostPatience, newcomersNow, type PatienceMemo } from '../../../lib/rollout/patience';
import { contextOf, now, recordOf, saving, settingsOf } from '../compensation/fakeContext';

const minute = 60_000;
const grace = 5 * minute;
const member = (id: string, lifecycle = 'InService'): Member => ({
  id,
  zone: 'eu-west-1a',
  lifecycle,
  healthy: true,
  type: 'm5.large',
  launchTemplateVersion: '5',
  protectedFromScaleIn: false,
});

interface Look {
  /** Minutes since the first look. */
  readonly at: number;
  /** Members, as `i-1` (in service), `i-1+` (healthy) or `i-1?` (pending). */
  readonly seen: readonly string[];
  readonly why?: Readonly<Record<string, string>>;
}

const viewOf = ({ seen, why = {} }: Pick<Look, 'seen' | 'why'>) => ({
  fresh: seen.map((one) => member(one.slice(0, 3), one.endsWith('?') ? 'Pending' : 'InService')),
  healthy: new Set(seen.filter((one) => one.endsWith('+')).map((one) => one.slice(0, 3))),
  reasons: new Map(Object.entries(why)),
});

/** What counts as failed in a row after these looks. */
const after = (looks: readonly Look[]): string[] => {
  let memo: Partial<PatienceMemo> = {};
  let failed: string[] = [];
  for (const look of looks)
    ({ memo, failed } = newcomersNow(memo, viewOf(look), grace, now + look.at * minute));
  return failed;
};
const failing = { 'i-1': 'Target.FailedHealthChecks', 'i-2': 'Target.Timeout' };

test.each<[string, readonly Look[], readonly string[]]>([
  ['nobody is new', [{ at: 0, seen: [] }], []],
  [
    'a newcomer is within its grace',
    [
      { at: 0, seen: ['i-1'] },
      { at: 4, seen: ['i-1'] },
    ],
    [],
  ],
  [
    'a newcomer is past its grace: why, in the words of AWS',
    [
      { at: 0, seen: ['i-1'], why: failing },
      { at: 5, seen: ['i-1'], why: failing },
    ],
    ['Target.FailedHealthChecks'],
  ],
  [
    'AWS gives no reason',
    [
      { at: 0, seen: ['i-1'] },
      { at: 5, seen: ['i-1'] },
    ],
    ['i-1 is not healthy'],
  ],
  [
    'the grace begins when it is in service: a hook may hold it',
    [
      { at: 0, seen: ['i-1?'] },
      { at: 30, seen: ['i-1?'] },
      { at: 31, seen: ['i-1'] },
      { at: 34, seen: ['i-1'] },
    ],
    [],
  ],
  [
    'those that died count, with what was last said of them',
    [
      { at: 0, seen: ['i-1', 'i-2'], why: failing },
      { at: 1, seen: [] },
    ],
    ['Target.FailedHealthChecks', 'Target.Timeout'],
  ],
  [
    'it left before anything was said of it',
    [
      { at: 0, seen: ['i-1?'] },
      { at: 1, seen: [] },
    ],
    ['i-1 left the group before it was healthy'],
  ],
  [
    'one that became healthy ends the row',
    [
      { at: 0, seen: ['i-1'] },
      { at: 1, seen: [] },
      { at: 2, seen: ['i-2'] },
      { at: 3, seen: ['i-2+'] },
    ],
    [],
  ],
  [
    'the rest of a batch of which one came up does not count',
    [
      { at: 0, seen: ['i-1', 'i-2', 'i-3'], why: failing },
      { at: 1, seen: ['i-1', 'i-2', 'i-3+'], why: failing },
      { at: 9, seen: ['i-3+'] },
    ],
    [],
  ],
  [
    'those that come after it count anew',
    [
      { at: 0, seen: ['i-3'] },
      { at: 1, seen: ['i-3+'] },
      { at: 2, seen: ['i-3+', 'i-1'], why: failing },
      { at: 7, seen: ['i-3+', 'i-1'], why: failing },
    ],
    ['Target.FailedHealthChecks'],
  ],
  [
    'one that is healthy at first sight ends the row, too',
    [
      { at: 0, seen: ['i-1'] },
      { at: 1, seen: [] },
      { at: 2, seen: ['i-2+'] },
    ],
    [],
  ],
])('What counts as failed in a row: %s', (_, looks, failed) => {
  expect(after(looks)).toEqual(failed);
});

test.each([
  [0, 0, 300],
  [600, 0, 600],
  [120, 900, 900],
])(
  'The grace is that of the group (%d s), the warm-up (%d s) or 5 minutes, whichever is longest',
  (graceSeconds, instanceWarmupSeconds, seconds) => {
    expect(graceMsOf({ graceSeconds }, { instanceWarmupSeconds })).toBe(seconds * 1000);
  },
);

describe('A rollout, rollback or way back', () => {
  const mock = mockClient(AutoScalingClient);
  const client = new AutoScalingClient({ region: 'eu-west-1' });
  const launches = (...failed: (string | undefined)[]) =>
    mock.on(DescribeScalingActivitiesCommand).resolves({
      Activities: failed.map((StatusMessage, index) => ({
        ActivityId: String(index),
        AutoScalingGroupName: 'web',
        Description: 'Launching a new EC2 instance',
        Cause: '',
        StartTime: new Date(now),
        StatusCode: StatusMessage === undefined ? 'Successful' : 'Failed',
        StatusMessage,
      })) as never,
    });
  beforeEach(() => {
    mock.reset();
    launches();
  });

  const lost = async (
    { looks, desired = 3, old = [] }: { looks: readonly Look[]; desired?: number; old?: readonly string[] },
    { most = 3, launchesAhead = false } = {},
  ): Promise<string | undefined> => {
    const memo: Partial<PatienceMemo> = {};
    let found: string | undefined;
    for (const look of looks) {
      const view = {
        ...viewOf(look),
        old: old.map((id) => member(id)),
        group: {
          name: 'web',
          desired,
          graceSeconds: 300,
          instances: [...viewOf(look).fresh, ...old.map((id) => member(id))],
        },
      } as unknown as FleetView;
      const settings = settingsOf({ rollout: { maxFailedLaunches: most } });
      const context = contextOf({ record: recordOf({ settings }), now: () => now + look.at * minute });
      const patience = { version: 'v2', view, since: now, launchesAhead };
      found ??= await lostPatience(context, memo, saving(memo), client, patience);
    }
    return found;
  };
  const three = { at: 0, seen: ['i-1', 'i-2', 'i-3'], why: failing };

  test('It goes on while its newcomers are within their grace, and ends with what AWS says of them', async () => {
    expect(await lost({ looks: [three, { ...three, at: 4 }] })).toBeUndefined();
    expect(await lost({ looks: [three, { ...three, at: 5 }] })).toBe(
      'New instances of v2 in group web do not become healthy (3 in a row): Target.FailedHealthChecks; Target.Timeout; i-3 is not healthy.',
    );
  });

  test('The settings say how many in a row are too many', async () => {
    const looks = [three, { ...three, at: 5 }];
    expect(await lost({ looks }, { most: 4 })).toBeUndefined();
    expect(await lost({ looks }, { most: 1 })).toMatch(/3 in a row/);
  });

  test('A full group that does not replace the unhealthy ones for another grace gets no more', async () => {
    const looks = [
      { at: 0, seen: ['i-1'], why: failing },
      { at: 10, seen: ['i-1'], why: failing },
    ];
    expect(await lost({ looks, desired: 1 })).toMatch(/\(1 in a row\): Target.FailedHealthChecks/);
    expect(await lost({ looks, desired: 2 })).toBeUndefined();
  });

  const none = [{ at: 0, seen: [] }];
  test('Launches that fail in a row end it, in the words of AWS', async () => {
    launches('no capacity', 'no capacity', 'no subnet');
    expect(await lost({ looks: none })).toBe(
      '3 launches of group web failed in a row: no capacity; no subnet',
    );
    launches('no capacity', undefined, 'no capacity', 'no capacity');
    expect(await lost({ looks: none })).toBeUndefined();
  });

  test('A full group waits for no launch, unless it launches ahead', async () => {
    launches('no capacity', 'no capacity', 'no capacity');
    const looks = none;
    expect(await lost({ looks, desired: 1, old: ['i-9'] })).toBeUndefined();
    expect(await lost({ looks, desired: 1, old: ['i-9'] }, { launchesAhead: true })).toMatch(/3 launches/);
    expect(await lost({ looks: [{ at: 0, seen: ['i-1?'] }] }, { launchesAhead: true })).toBeUndefined();
  });
});
