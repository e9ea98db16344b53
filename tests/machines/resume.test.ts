import { ask, giveGroup, minuteMs, newTemplateVersion, ring, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { fleetPicture, looseEnds, noLooseEnds, recordOf } from './support/picture';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);
const hourMs = 60 * minuteMs;

const raised = (strategy = 'golden-instance', rollout = 'instance-refresh') =>
  raise({
    settings: {
      strategy,
      rollout: { strategy: rollout, bakeMinutes: 5 },
      rollback: { alarms: ['api-5xx'] },
      scaling: {
        policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
      },
    },
    cloud: { alarms: { 'api-5xx': {} } },
  });
const halt = (stage: Stage) =>
  ask(stage, 'HaltDeployment', { application: 'api', reason: 'something is wrong', by: 'ada' });
/** A deployment that is halted in a state. */
const failsIn = async (stage: Stage, state: string, input: object = {}, name = 'failed') => {
  const arn = await stage.start({ application: 'api', version: 'v2', ...input }, name);
  await untilState(stage, state);
  await halt(stage);
  const ended = await stage.ended(arn);
  expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'Halted']);
};
const resume = (stage: Stage, name = 'resumed', more: object = {}) =>
  stage.deploy({ application: 'api', version: 'v2', resumeFrom: 'failed', ...more }, name);
const made = (stage: Stage) => ({
  images: Object.keys(stage.region.service('ec2').state.images).length,
  versions: Object.values(stage.region.service('ec2').state.launchTemplates).flatMap(({ versions }) =>
    Object.keys(versions),
  ),
});
const count = (stage: Stage, action: string) =>
  stage.cloud.calls.list.filter((call) => call.action === action && call.error === undefined).length;

describe('a deployment that failed late is started again with what it had made', () => {
  test.each([
    ['SetScaling', 'golden-instance'],
    ['Rollout', 'golden-instance'],
    ['Rollout', 'deploy-and-snapshot'],
  ])('in %s (%s): same image, same launch template version, nothing provisioned', async (state, strategy) => {
    const stage = await raised(strategy);
    await failsIn(stage, state);
    expect(software(stage)).toEqual(['v1']);
    const [before, images, commands] = [
      made(stage),
      count(stage, 'CreateImage'),
      count(stage, 'SendCommand'),
    ];
    const ended = await resume(stage);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(ended.path).not.toEqual(expect.arrayContaining(['Provision']));
    expect(software(stage)).toEqual(['v2']);
    expect(made(stage)).toEqual(before);
    expect([count(stage, 'CreateImage'), count(stage, 'SendCommand')]).toEqual([images, commands]);
    const [failed, resumed] = [await recordOf(stage, 'failed'), await recordOf(stage, 'resumed')];
    expect(resumed).toMatchObject({
      resumedFrom: 'failed',
      bakedImage: failed?.bakedImage,
      launchTemplate: failed?.launchTemplate,
    });
    // What was spare is the release's now: nothing removes it.
    if (state === 'SetScaling') await stage.cloud.advance(21 * hourMs);
    await stage.cloud.advance(2 * minuteMs);
    expect(made(stage)).toEqual(before);
    expect(refusedByIam(stage)).toEqual([]);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('in Observe, by an alarm; failing again it keeps what it took over, and goes through the third time', async () => {
    const stage = await raised('golden-instance', 'surge');
    const arn = await stage.start({ application: 'api', version: 'v2' }, 'failed');
    await untilState(stage, 'Observe');
    await ring(stage);
    expect((await stage.ended(arn)).outcome).toBe('RolledBack');
    await ring(stage, { value: 'OK' });
    const before = made(stage);
    await failsIn(stage, 'Rollout', { resumeFrom: 'failed' }, 'again');
    expect(made(stage)).toEqual(before);
    await stage.cloud.advance(hourMs);
    const ended = await resume(stage, 'third', { resumeFrom: 'again' });
    expect(ended.outcome).toBe('Deployed');
    expect(made(stage)).toEqual(before);
    expect(count(stage, 'CreateImage')).toBe(1);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
  });

  test('another launch template version is made where the group’s was changed meanwhile; the image is the same', async () => {
    const stage = await raised();
    await failsIn(stage, 'Rollout');
    // Somebody gives the group another instance type, by a version of his own.
    await giveGroup(stage, await newTemplateVersion(stage));
    const ended = await resume(stage);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(count(stage, 'CreateImage')).toBe(1);
    expect((await recordOf(stage, 'resumed'))?.launchTemplate).not.toEqual(
      (await recordOf(stage, 'failed'))?.launchTemplate,
    );
  });
});

test('what is kept to be resumed from is removed after its time, and never while the group refers to it', async () => {
  const stage = await raised();
  const was = fleetPicture(stage);
  await failsIn(stage, 'Rollout');
  const kept = made(stage);
  expect(kept.images).toBe(was.images.length + 1);
  await stage.cloud.advance(19 * hourMs);
  expect(made(stage)).toEqual(kept);
  await giveGroup(stage, (await recordOf(stage, 'failed'))?.launchTemplate?.version ?? '');
  await stage.cloud.advance(2 * hourMs);
  expect(made(stage)).toEqual(kept);
  await giveGroup(stage, '1');
  await stage.cloud.advance(15 * minuteMs);
  expect(fleetPicture(stage)).toEqual(was);
  const ended = await resume(stage);
  expect(ended.outcome).toBe('Rejected');
  expect(ended.end?.problems.join(' ')).toMatch(/ami-\w+/);
  expect(refusedByIam(stage)).toEqual([]);
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
});

describe('what cannot be resumed is refused, with the reason, and nothing is touched', () => {
  test.each<[string, object, RegExp]>([
    ['nothing of that name', { resumeFrom: 'nobody' }, /no record of it; "forseti status api"/],
    ['another version', { version: 'v9' }, /It was for api v2, the request is for api v9/],
    ['another image', { image: 'ami-0123456789abcdef0' }, /names ami-0123456789abcdef0; leave "image" out/],
    [
      'one that failed before its image was made',
      { resumeFrom: 'early' },
      /before its image was made; deploy again: forseti deploy api v2/,
    ],
    ['one that was deployed', { resumeFrom: 'fine' }, /It was deployed: there is nothing to resume/],
    ['a rollback', { resumeFrom: 'back' }, /It is a rollback; start another one/],
  ])('%s', async (_, input, why) => {
    const stage = await history();
    const ended = await resume(stage, `resumed-${_.replace(/\W/g, '-')}`, input);
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'InvalidRequest']);
    expect(ended.end?.problems.join('\n')).toMatch(why);
  });

  let known: Promise<Stage> | undefined;
  /** All that can have been before, once. */
  const history = (): Promise<Stage> => {
    known ??= (async () => {
      const stage = await raised();
      await failsIn(stage, 'LaunchBuilder', {}, 'early');
      await failsIn(stage, 'Rollout');
      expect((await stage.deploy(undefined, 'fine')).outcome).toBe('Deployed');
      expect((await stage.rollBack(undefined, 'back')).outcome).toBe('RolledBack');
      return stage;
    })();
    return known;
  };
});
