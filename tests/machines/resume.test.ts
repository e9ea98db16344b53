import { ask, giveGroup, minuteMs, newTemplateVersion, ring, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { fleetSnapshot, looseEnds, noLooseEnds, recordOf } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);
const hourMs = 60 * minuteMs;

const raised = (strategy = 'golden-instance', rollout = 'instance-refresh') =>
  startTestStack({
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
const halt = (stack: TestStack) =>
  ask(stack, 'HaltDeployment', { application: 'api', reason: 'something is wrong', by: 'ada' });
/** A deployment that is halted in a state. */
const failsIn = async (stack: TestStack, state: string, input: object = {}, name = 'failed') => {
  const arn = await stack.start({ application: 'api', version: 'v2', ...input }, name);
  await untilState(stack, state);
  await halt(stack);
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'Halted']);
};
const resume = (stack: TestStack, name = 'resumed', more: object = {}) =>
  stack.deploy({ application: 'api', version: 'v2', resumeFrom: 'failed', ...more }, name);
const made = (stack: TestStack) => ({
  images: Object.keys(stack.region.service('ec2').state.images).length,
  versions: Object.values(stack.region.service('ec2').state.launchTemplates).flatMap(({ versions }) =>
    Object.keys(versions),
  ),
});
const count = (stack: TestStack, action: string) =>
  stack.cloud.calls.list.filter((call) => call.action === action && call.error === undefined).length;

describe('A deployment that resumes one that failed late', () => {
  test.each([
    ['SetScaling', 'golden-instance'],
    ['Rollout', 'golden-instance'],
    ['Rollout', 'deploy-and-snapshot'],
  ])(
    'The same image and launch template version are used, and nothing is provisioned: in %s (%s)',
    async (state, strategy) => {
      const stack = await raised(strategy);
      await failsIn(stack, state);
      expect(software(stack)).toEqual(['v1']);
      const [before, images, commands] = [
        made(stack),
        count(stack, 'CreateImage'),
        count(stack, 'SendCommand'),
      ];
      const ended = await resume(stack);
      expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
      expect(ended.path).not.toEqual(expect.arrayContaining(['Provision']));
      expect(software(stack)).toEqual(['v2']);
      expect(made(stack)).toEqual(before);
      expect([count(stack, 'CreateImage'), count(stack, 'SendCommand')]).toEqual([images, commands]);
      const [failed, resumed] = [await recordOf(stack, 'failed'), await recordOf(stack, 'resumed')];
      expect(resumed).toMatchObject({
        resumedFrom: 'failed',
        bakedImage: failed?.bakedImage,
        launchTemplate: failed?.launchTemplate,
      });
      // What was retained belongs to the release now, so it is not removed.
      if (state === 'SetScaling') await stack.cloud.advance(21 * hourMs);
      await stack.cloud.advance(2 * minuteMs);
      expect(made(stack)).toEqual(before);
      expect(refusedByIam(stack)).toEqual([]);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    },
  );

  test('After an alarm in Observe it can be resumed; failing again it keeps the artifacts, and the third try succeeds', async () => {
    const stack = await raised('golden-instance', 'surge');
    const arn = await stack.start({ application: 'api', version: 'v2' }, 'failed');
    await untilState(stack, 'Observe');
    await ring(stack);
    expect((await stack.ended(arn)).outcome).toBe('RolledBack');
    await ring(stack, { value: 'OK' });
    const before = made(stack);
    await failsIn(stack, 'Rollout', { resumeFrom: 'failed' }, 'again');
    expect(made(stack)).toEqual(before);
    await stack.cloud.advance(hourMs);
    const ended = await resume(stack, 'third', { resumeFrom: 'again' });
    expect(ended.outcome).toBe('Deployed');
    expect(made(stack)).toEqual(before);
    expect(count(stack, 'CreateImage')).toBe(1);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });

  test("If the group's launch template was changed meanwhile, another version is made from the same image", async () => {
    const stack = await raised();
    await failsIn(stack, 'Rollout');
    // The group gets another instance type by hand, by a template version that Forseti did not make.
    await giveGroup(stack, await newTemplateVersion(stack));
    const ended = await resume(stack);
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(count(stack, 'CreateImage')).toBe(1);
    expect((await recordOf(stack, 'resumed'))?.launchTemplate).not.toEqual(
      (await recordOf(stack, 'failed'))?.launchTemplate,
    );
  });
});

test('Retained artifacts are removed after their time, and never while the group refers to them', async () => {
  const stack = await raised();
  const was = fleetSnapshot(stack);
  await failsIn(stack, 'Rollout');
  const kept = made(stack);
  expect(kept.images).toBe(was.images.length + 1);
  await stack.cloud.advance(19 * hourMs);
  expect(made(stack)).toEqual(kept);
  await giveGroup(stack, (await recordOf(stack, 'failed'))?.launchTemplate?.version ?? '');
  await stack.cloud.advance(2 * hourMs);
  expect(made(stack)).toEqual(kept);
  await giveGroup(stack, '1');
  await stack.cloud.advance(15 * minuteMs);
  expect(fleetSnapshot(stack)).toEqual(was);
  const ended = await resume(stack);
  expect(ended.outcome).toBe('Rejected');
  expect(ended.end?.problems.join(' ')).toMatch(/ami-\w+/);
  expect(refusedByIam(stack)).toEqual([]);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

describe('A deployment that cannot be resumed', () => {
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
  ])('The request is refused with the reason, and nothing is touched: %s', async (_, input, why) => {
    const stack = await history();
    const ended = await resume(stack, `resumed-${_.replace(/\W/g, '-')}`, input);
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'InvalidRequest']);
    expect(ended.end?.problems.join('\n')).toMatch(why);
  });

  let known: Promise<TestStack> | undefined;
  /** A history with everything that can have happened before, played once. */
  const history = (): Promise<TestStack> => {
    known ??= (async () => {
      const stack = await raised();
      await failsIn(stack, 'LaunchBuilder', {}, 'early');
      await failsIn(stack, 'Rollout');
      expect((await stack.deploy(undefined, 'fine')).outcome).toBe('Deployed');
      expect((await stack.rollBack(undefined, 'back')).outcome).toBe('RolledBack');
      return stack;
    })();
    return known;
  };
});
