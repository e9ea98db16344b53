import { statusOf } from '../../cli/queries/status';
import { ask, minuteMs, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { recordOf, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const zones = ['eu-west-1a', 'eu-west-1b'];
const settingsOf = (strategy: string, more: object = {}) => ({
  strategy: 'golden-instance',
  rollout: { strategy, bakeMinutes: 0, ...more },
});
const group = { instances: 3, zones };
const ended = (stack: TestStack): string =>
  told(stack)
    .map(({ message }) => message)
    .filter((message) => /^api v2: /.test(message))
    .join();

const troubles: readonly [string, object, RegExp, number, boolean][] = [
  [
    'never become healthy',
    { brokenVersions: ['v2'] },
    /New instances of v2 in group api do not become healthy \(3 in a row\): target group api: Target.FailedHealthChecks/,
    30,
    false,
  ],
  [
    'cannot be launched',
    { capacity: [{ remaining: 1 }] },
    /3 launches of group api failed in a row: .*InsufficientInstanceCapacity/,
    15,
    true,
  ],
];

describe.each(['surge', 'instance-refresh'])('By a rollout of kind %s', (strategy) => {
  test.each(troubles)(
    'new instances that %s end it soon, in the words of AWS; status says what comes next',
    async (_, cloud, why, minutes, resumes) => {
      const stack = await startTestStack({ settings: settingsOf(strategy), group, cloud });
      const { outcome, end, seconds } = await stack.deploy();
      expect([outcome, end?.error]).toEqual(['RolledBack', 'RolloutFailed']);
      expect(end?.message).toMatch(why);
      expect(seconds).toBeLessThan(minutes * 60);
      expect(software(stack)).toEqual(['v1']);
      // An image of which no instance ever became healthy is not offered again.
      expect(/forseti resume-from/.test(ended(stack))).toBe(resumes);
      expect((await recordOf(stack))?.neverHealthy).toBe(resumes ? undefined : true);
      const { deployment } = await statusOf(stack.session, 'api');
      expect(deployment?.resumeWith !== undefined).toBe(resumes);
      expect(deployment?.next?.map(({ command }) => command)).toEqual(['forseti deploy api v2']);
      expect(refusedByIam(stack)).toEqual([]);
    },
  );
});

test('The settings say how many in a row are too many, for a refresh too', async () => {
  const stack = await startTestStack({
    settings: settingsOf('instance-refresh', { maxFailedLaunches: 1 }),
    group,
    cloud: { brokenVersions: ['v2'] },
  });
  const { end, seconds } = await stack.deploy();
  expect(end?.message).toMatch(/\(1 in a row\)/);
  expect(seconds).toBeLessThan(16 * 60);
});

test('The second part of a rollout, after its approval, has the same patience', async () => {
  const stack = await startTestStack({
    settings: settingsOf('instance-refresh', { approval: { percentage: 34, timeoutMinutes: 30 } }),
    group: { instances: 3, zones },
    cloud: { capacity: [{ remaining: 3 }] },
  });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'Approval');
  const { deployment } = await statusOf(stack.session, 'api');
  expect(deployment?.progress).toMatch(/^\d of \d instances replaced \(34 % were asked for\); until 2026-/);
  await ask(stack, 'Approve', { deployment: 'deployment-1', by: 'ada' });
  const { end, path, seconds } = await stack.ended(arn);
  expect(path).toContain('RolloutRest');
  expect(end?.message).toMatch(/3 launches of group api failed in a row/);
  expect(seconds).toBeLessThan(60 * 60);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A rollback whose launches fail, and its way back, do not wait an hour each', async () => {
  const stack = await startTestStack({
    settings: settingsOf('instance-refresh'),
    group,
    cloud: { capacity: [{ remaining: 4 }] },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  const { end, seconds } = await stack.rollBack();
  expect(end?.error).toBe('RolloutFailed');
  expect(end?.message).toMatch(/3 launches of group api failed in a row: .*InsufficientInstanceCapacity/);
  expect(seconds).toBeLessThan(45 * 60);
  const { deployment } = await statusOf(stack.session, 'api');
  expect(deployment?.next?.map(({ command }) => command)).toEqual(['forseti rollback api --to v1']);
  expect(refusedByIam(stack)).toEqual([]);
});

test("AWS's own rollback of a refresh that cannot launch is given up, and what is left is listed with the reason", async () => {
  const stack = await startTestStack({
    settings: settingsOf('instance-refresh'),
    group: { instances: 4, zones },
    // The builder, and two new instances.
    cloud: { capacity: [{ remaining: 3 }] },
  });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'Rollout');
  await stack.cloud.advance(7 * minuteMs);
  await stack.stop(arn);
  await stack.cloud.advance(60 * minuteMs);
  const record = await recordOf(stack);
  expect(record?.closedAt).toBeDefined();
  expect(((record?.closedAt ?? 0) - (record?.acceptedAt ?? 0)) / minuteMs).toBeLessThan(65);
  expect(refusedByIam(stack)).toEqual([]);
});
