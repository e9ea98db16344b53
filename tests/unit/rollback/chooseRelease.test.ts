import { releaseId } from '../../../lib/engine/releaseId';
import type { Release } from '../../../lib/engine/releases';
import { chooseRelease, doubledMs } from '../../../lib/rollback/chooseRelease';
import type { Question } from '../../../lib/rollback/releaseQuestion';

const at = Date.UTC(2026, 10, 22, 8);

/** The n-th release, whose launch template version is n. */
const release = (n: number, state: Release['state'] = 'good', more: Partial<Release> = {}): Release => ({
  application: 'api',
  release: `2026-11-22T0${String(n)}:00:00.000Z#d-${String(n)}`,
  version: `v${String(n)}`,
  deployment: `d-${String(n)}`,
  group: 'web',
  image: `ami-${String(n)}`,
  launchTemplate: { id: 'lt-1', version: String(n) },
  state,
  markedAt: at,
  markedBy: `d-${String(n)}`,
  ...more,
});
/** @param releases the oldest first. */
const ask = (releases: Release[], more: Partial<Question> & { runs?: number } = {}) =>
  chooseRelease({
    application: 'api',
    releases: [...releases].reverse(),
    group: 'web',
    members: [],
    unusable: new Map(),
    version: undefined,
    deploying: false,
    automatic: false,
    now: at,
    groupTemplate: { id: 'lt-1', version: String(more.runs ?? releases.length) },
    ...more,
  });
const told = ({ target, current, withdraws }: ReturnType<typeof ask>) => ({
  to: target.release.slice(-1),
  from: current?.release.slice(-1),
  withdraws: withdraws.map((one) => one.release.slice(-1)),
});

describe('The target of a rollback', () => {
  test.each<[string, ReturnType<typeof ask>, { to: string; from: string | undefined; withdraws: string[] }]>([
    [
      'the fleet runs the last good release: to the one before, never just to the previous',
      ask([release(1), release(2, 'bad'), release(3)]),
      { to: '1', from: '3', withdraws: ['3'] },
    ],
    [
      'the fleet runs a bad one: to the last good',
      ask([release(1), release(2), release(3, 'bad')]),
      { to: '2', from: undefined, withdraws: [] },
    ],
    [
      'the group was given something else by hand: to the last good',
      ask([release(1), release(2)], { runs: 9 }),
      { to: '2', from: undefined, withdraws: [] },
    ],
    [
      'a deployment runs: what the group holds is the good one to go back to',
      ask([release(1), release(2)], { deploying: true }),
      { to: '2', from: undefined, withdraws: [] },
    ],
    [
      'an alarm asks: nothing good is left by itself, whatever the group holds by now',
      ask([release(1), release(2), release(3, 'bad')], { automatic: true, runs: 2 }),
      { to: '2', from: undefined, withdraws: [] },
    ],
    [
      'a version is named: there, and all good ones after it are withdrawn',
      ask([release(1), release(2), release(3)], { version: 'v1' }),
      { to: '1', from: '3', withdraws: ['3', '2'] },
    ],
    [
      'a bad version is named: a person may',
      ask([release(1), release(2, 'bad')], { version: 'v2', runs: 1 }),
      { to: '2', from: '1', withdraws: [] },
    ],
    [
      'the version that runs is named: it is rolled out once more, and there is no way back but it',
      ask([release(1), release(2)], { version: 'v2' }),
      { to: '2', from: undefined, withdraws: [] },
    ],
    [
      'a version that was deployed twice: as it was deployed last',
      ask([release(1), release(2, 'good', { version: 'v1' }), release(3)], { version: 'v1' }),
      { to: '2', from: '3', withdraws: ['3'] },
    ],
    [
      'a version that was deployed twice, badly the second time: the good one',
      ask([release(1), release(2, 'bad', { version: 'v1' }), release(3)], { version: 'v1' }),
      { to: '1', from: '3', withdraws: ['3'] },
    ],
    [
      'after a rollback and another deployment: to what the rollback had gone to',
      ask([release(1, 'good', { restoredAt: at }), release(2, 'bad'), release(3)]),
      { to: '1', from: '3', withdraws: ['3'] },
    ],
    [
      'the version that runs was gone to by its name: to another one, at once',
      ask([release(1), release(2, 'good', { restoredAt: at, restoredByName: true })]),
      { to: '1', from: '2', withdraws: ['2'] },
    ],
    [
      'the rollback to what runs is ten minutes old: to another one',
      ask([release(1), release(2, 'good', { restoredAt: at }), release(3, 'bad')], {
        runs: 2,
        now: at + doubledMs,
      }),
      { to: '1', from: '2', withdraws: ['2'] },
    ],
  ])('The target is chosen: %s', (_, choice, expected) => {
    expect(told(choice)).toEqual(expected);
  });
});

describe('A rollback without a target', () => {
  test.each<[string, () => unknown, string, RegExp]>([
    ['nothing was ever released', () => ask([]), 'NoRelease', /first deployment.*forseti status api/],
    [
      'there is one release, and it runs',
      () => ask([release(1)]),
      'NoGoodRelease',
      /v1 \(good\).*--to VERSION/,
    ],
    [
      'all are bad',
      () => ask([release(1, 'bad'), release(2, 'bad')]),
      'NoGoodRelease',
      /known are v2 \(bad\), v1 \(bad\)/,
    ],
    [
      'the one release was marked bad by the alarm that asks',
      () => ask([release(1, 'bad')], { automatic: true }),
      'NoGoodRelease',
      /--to VERSION/,
    ],
    [
      'it was rolled back just now: a repeated request does not go further back',
      () =>
        ask([release(1), release(2, 'good', { restoredAt: at }), release(3, 'bad')], {
          runs: 2,
          now: at + doubledMs - 1,
        }),
      'AlreadyRolledBack',
      /rolled back to v2 at 2026-11-22T08:00:00.000Z already.*--to VERSION \(v3, v2, v1\)/,
    ],
    [
      'the version was never released',
      () => ask([release(1)], { version: 'v9' }),
      'UnknownVersion',
      /known are v1\. To deploy it: forseti deploy api v9/,
    ],
    [
      'the version was written otherwise',
      () => ask([release(1), release(2)], { version: '2' }),
      'UnknownVersion',
      /known are v2, v1; did you mean v2\? /,
    ],
  ])('The rollback is refused by name: %s', (_, choose, name, words) => {
    expect(choose).toThrow(
      expect.objectContaining({ name, message: expect.stringMatching(words) as string }) as Error,
    );
  });
});

describe('A release whose image was deleted by a clean', () => {
  const cleanedAt = at;
  test('A cleaned release is no target, neither by itself nor by its name', () => {
    const releases = [release(1), release(2, 'good', { cleanedAt }), release(3)];
    expect(told(ask(releases))).toEqual({ to: '1', from: '3', withdraws: ['3'] });
    expect(() => ask(releases, { version: 'v2' })).toThrow(
      /^The image of api v2 was cleaned at 2026-11-22T08:00:00.000Z; there still are v3, v1. To deploy it anew: forseti deploy api v2$/,
    );
  });

  test('A cleaned release that was deployed again is a target as it was deployed last', () => {
    const again = release(3, 'good', { version: 'v1' });
    expect(told(ask([release(1, 'good', { cleanedAt }), again, release(4)], { version: 'v1' })).to).toBe('3');
  });

  test('If all releases are cleaned, there is no target', () => {
    expect(() => ask([release(1, 'good', { cleanedAt })])).toThrow(/no release whose image is still there/);
  });
});

/** A second image of a version, as regenerate makes it. */
const image = (n: number, version: string, more: Partial<Release> = {}): Release =>
  release(n, 'good', { version, ...more });

describe('A version that has several images', () => {
  const releases = [release(1), image(2, 'v2'), image(3, 'v2'), image(4, 'v2')];

  test('A rollback without a target goes to another version, not to another image of the same code', () => {
    expect(told(ask(releases))).toEqual({ to: '1', from: '4', withdraws: ['4', '3', '2'] });
  });

  test('The group that was given an older image of the version by hand goes to another version too', () => {
    expect(told(ask(releases, { runs: 2 })).to).toBe('1');
  });

  test('If no other version is good, the refusal names the other image by the id with which it can be chosen', () => {
    const [, two = release(2), three = release(3)] = releases;
    expect(() => ask([two, three], { runs: 3 })).toThrow(
      expect.objectContaining({
        name: 'NoGoodRelease',
        message: expect.stringContaining(`forseti rollback api --to ${releaseId(two)}.`) as string,
      }) as Error,
    );
  });

  test('Each image can be chosen by its id, and is called by it', () => {
    const [, two = release(2)] = releases;
    const choice = ask(releases, { version: releaseId(two) });
    expect(told(choice)).toEqual({ to: '2', from: '4', withdraws: ['4', '3'] });
    expect(choice.name).toBe(releaseId(two));
    expect(ask(releases, { version: 'v1' }).name).toBe('v1');
  });

  test('An alarm about the newest image goes to the image that ran before it', () => {
    const [one = release(1), two = release(2)] = releases;
    const bad = { ...image(3, 'v2'), state: 'bad' as const };
    const choice = ask([one, two, bad], { automatic: true });
    expect([told(choice).to, choice.name]).toEqual(['2', releaseId(two)]);
  });

  test('The id of no release is refused with the ids of its version', () => {
    expect(() => ask(releases, { version: 'v2@000000' })).toThrow(
      /never released as v2@000000.*did you mean v2@[0-9a-f]{6}, v2@[0-9a-f]{6}, v2@[0-9a-f]{6}\?.*forseti deploy api v2$/,
    );
  });
});

describe('A release that cannot be launched any more', () => {
  const gone = (...releases: Release[]) =>
    new Map(releases.map((one) => [one.release, { what: 'image', state: 'gone' } as const]));

  test.each([
    ['an alarm asks', true],
    ['a person asks', false],
  ])('It is passed over for the newest good one that can, and that is told: %s', (_, automatic) => {
    const releases = [release(1), release(2), release(3), release(4, automatic ? 'bad' : 'good')];
    const choice = ask(releases, { automatic, unusable: gone(release(3), release(2)) });
    expect(told(choice).to).toBe('1');
    expect(choice.passedOver).toEqual([
      'v3 was passed over: image ami-3 is gone',
      'v2 was passed over: image ami-2 is gone',
    ]);
  });

  test('If it is named, the refusal says why and names what is usable', () => {
    const unusable = gone(release(2));
    expect(() => ask([release(1), release(2), release(3)], { version: 'v2', unusable })).toThrow(
      expect.objectContaining({
        name: 'ImageGone',
        message:
          'Image ami-2 of api v2 is gone: nothing can be launched from it. Still usable: v3, v1. Name one of them: ' +
          'forseti rollback api --to VERSION; or deploy v2 again: forseti deploy api v2',
      }) as Error,
    );
  });

  test('If its version is named and has another image, that one is taken', () => {
    const choice = ask([image(1, 'v1'), image(2, 'v1'), release(3)], {
      version: 'v1',
      unusable: gone(release(2)),
    });
    expect([told(choice).to, choice.passedOver.length]).toEqual(['1', 1]);
  });

  test('If none can be launched, the refusal says it of each', () => {
    const unusable = gone(release(1), release(2));
    expect(() => ask([release(1), release(2), release(3, 'bad')], { automatic: true, unusable })).toThrow(
      /Image ami-2 of api v2 is gone.*No other.*v3 \(bad\), v2 \(good; image ami-2 is gone\), v1 \(good; image ami-1 is gone\)/,
    );
  });
});

describe('A release of another fleet', () => {
  const elsewhere = release(2, 'good', { group: 'web-old', launchTemplate: { id: 'lt-old', version: '2' } });

  test('It is no target of itself, and is not withdrawn', () => {
    expect(told(ask([release(1), elsewhere, release(3)]))).toEqual({ to: '1', from: '3', withdraws: ['3'] });
  });

  test('A release of a launch template that the same group used before is a target: its image goes into the new one', () => {
    const former = release(2, 'good', { launchTemplate: { id: 'lt-old', version: '3' } });
    expect(told(ask([release(1), former, release(3)]))).toEqual({ to: '2', from: '3', withdraws: ['3'] });
  });

  test('If it is named, the refusal says where it belongs and how its image comes here', () => {
    expect(() => ask([release(1), elsewhere, release(3)], { version: 'v2' })).toThrow(
      expect.objectContaining({
        name: 'UnknownVersion',
        message:
          'api v2 was released on group web-old with launch template lt-old, never on group web; ' +
          "a group never launches from another one's template. To bring its image here, in a new version of this group's " +
          'own template: forseti deploy api v2 --image ami-2',
      }) as Error,
    );
  });

  test('If there is no other, a rollback is refused with the same way out', () => {
    expect(() => ask([elsewhere], { automatic: true })).toThrow(
      expect.objectContaining({
        name: 'NoRelease',
        message: expect.stringMatching(
          /no release on its fleet as it is now: v2 belongs.*--image ami-2/,
        ) as string,
      }) as Error,
    );
  });
});

test('A group without releases of its own is advised of the newest good release elsewhere, never of a bad or cleaned one', () => {
  const old = { group: 'web-old' };
  const releases = [
    release(1, 'good', old),
    release(2, 'good', { ...old, cleanedAt: at }),
    release(3, 'bad', old),
  ];
  expect(() => ask(releases)).toThrow(/forseti deploy api v1 --image ami-1$/);
  expect(() => ask([release(3, 'bad', old)])).toThrow(/None of them is good and still there\.$/);
});

describe('A release that only new instances got', () => {
  const none = (n: number, more: Partial<Release> = {}) =>
    release(n, 'good', { newInstancesOnly: true, ...more });
  const member = (n: number, lifecycle = 'InService') => ({
    id: `i-${String(n)}`,
    zone: 'a',
    lifecycle,
    healthy: true,
    type: undefined,
    launchTemplateId: 'lt-1',
    launchTemplateVersion: String(n),
    protectedFromScaleIn: false,
  });

  test.each<[string, ReturnType<typeof ask>, string]>([
    ['no instance runs it: the fleet goes to what it runs', ask([release(1), none(2), none(3)]), '1'],
    ['one runs it: it has served', ask([release(1), none(2), none(3)], { members: [member(2)] }), '2'],
    [
      'one is only coming with it: it has not served',
      ask([release(1), none(2), none(3)], { members: [member(2, 'Pending')] }),
      '1',
    ],
    [
      'one was seen with it before: it has served',
      ask([release(1), none(2, { servedAt: at }), none(3)]),
      '2',
    ],
    ['a rollback went to it: it has served', ask([release(1), none(2, { restoredAt: at }), none(3)]), '2'],
    ['it is named: it is the target', ask([release(1), none(2), none(3)], { version: 'v2' }), '2'],
  ])('%s', (_case, choice, target) => {
    expect(told(choice).to).toBe(target);
  });

  test('An alarm is not about one that no instance runs', () => {
    const bad = release(3, 'bad', { newInstancesOnly: true });
    const alarm = { automatic: true };
    expect(ask([release(1), bad], { ...alarm, runs: 3 }).innocent).toBe('v3');
    expect(ask([release(1), bad], { ...alarm, runs: 3, members: [member(3)] }).innocent).toBeUndefined();
    expect(ask([release(1), release(2), bad], { ...alarm, runs: 2 }).innocent).toBeUndefined();
  });

  test('Where none has ever served, nothing is replaced, and the refusal says how to go there all the same', () => {
    expect(() => ask([none(1), none(2), none(3)])).toThrow(
      'No instance of group web has run v2, v1: whether it works is not known, so nothing is replaced by it. ' +
        'To go there all the same, name it: forseti rollback api --to VERSION.',
    );
  });
});
