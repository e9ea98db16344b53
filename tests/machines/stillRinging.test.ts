import { ask, minuteMs, ring, rollbacks, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { releasesOf, told } from './support/snapshot';
import { rested } from './support/rested';
import type { TestStack, TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);
const options = (more: object = {}): TestStackOptions => ({
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'surge', bakeMinutes: 5 },
    rollback: { alarms: ['api-5xx'] },
    ...more,
  },
  cloud: { alarms: { 'api-5xx': {} } },
});

const paged = (stack: TestStack) =>
  told(stack)
    .filter(({ topic }) => topic === 'forseti-production-paging')
    .map(({ subject, message }) => `${subject}: ${message}`);
const states = async (stack: TestStack) =>
  Object.fromEntries((await releasesOf(stack)).map(({ version, state }) => [version, state]));
/** Long enough for the next two looks. */
const later = (stack: TestStack) => stack.cloud.advance(20 * minuteMs);

test('A release whose own alarm halts the next deployment is rolled back when that has ended', async () => {
  const stack = await rested(options(), 'v2');
  const arn = await stack.start({ application: 'api', version: 'v3' }, 'v3');
  await untilState(stack, 'LaunchBuilder');
  await ring(stack);
  expect((await stack.ended(arn)).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v2']);
  await later(stack);
  const [rollback = ''] = await rollbacks(stack);
  expect((await stack.ended(rollback)).outcome).toBe('RolledBack');
  expect(software(stack)).toEqual(['v1']);
  expect(await states(stack)).toMatchObject({ v1: 'good', v2: 'bad' });
  expect(told(stack).map(({ message }) => message)).toContainEqual(
    expect.stringContaining('within the watch time of v2 and before v3 had changed an instance'),
  );
  // The alarm goes on: there is no second automatic rollback, and one page.
  await later(stack);
  await later(stack);
  expect(await rollbacks(stack)).toHaveLength(1);
  expect(paged(stack)).toEqual([
    expect.stringMatching(
      /alarm api-5xx still rings for api.*Rollback api-rollback-\w+ to v1 ended as done/s,
    ),
  ]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('An alarm that ends with the deployment that it halted rolls nothing back, and pages nobody', async () => {
  const stack = await rested(options(), 'v2');
  const arn = await stack.start({ application: 'api', version: 'v3' }, 'v3');
  await untilState(stack, 'LaunchBuilder');
  await ring(stack);
  await stack.ended(arn);
  await ring(stack, { value: 'OK' });
  await later(stack);
  expect([await rollbacks(stack), paged(stack)]).toEqual([[], []]);
});

describe('After every end an alarm that rings on has paged somebody, once', () => {
  const walks: Record<string, (stack: TestStack) => Promise<string>> = {
    'a deployment that an alarm halted after it had changed instances': async (stack) => {
      const arn = await stack.start({ application: 'api', version: 'v3' }, 'v3');
      await untilState(stack, 'Observe');
      await ring(stack);
      return (await stack.ended(arn)).outcome;
    },
    'a deployment that a person halted': async (stack) => {
      const arn = await stack.start({ application: 'api', version: 'v3' }, 'v3');
      await untilState(stack, 'Rollout');
      await ask(stack, 'HaltDeployment', { application: 'api', by: 'ada', reason: 'wrong tag' });
      await ring(stack);
      return (await stack.ended(arn)).outcome;
    },
    'a deployment that was stopped, and repaired': async (stack) => {
      const arn = await stack.start({ application: 'api', version: 'v3' }, 'v3');
      await untilState(stack, 'Rollout');
      await stack.stop(arn);
      await ring(stack);
      return (await stack.ended(arn)).outcome;
    },
    'an automatic rollback': async (stack) => {
      await ring(stack);
      await stack.cloud.advance(15_000);
      return (await stack.ended((await rollbacks(stack))[0] ?? '')).outcome;
    },
    'a rollback that a person asked for': async (stack) => {
      const ended = stack.rollBack();
      await untilState(stack, 'RollBack');
      await ring(stack);
      return (await ended).outcome;
    },
    'a request that is refused while the alarm rings': async (stack) => {
      await stack.cloud.advance(24 * 60 * minuteMs);
      await ring(stack);
      await stack.cloud.advance(minuteMs);
      const first = await stack.deploy({ application: 'api', version: 'v3' }, 'v3');
      await stack.deploy({ application: 'api', version: 'v3' }, 'v3-again');
      return first.outcome;
    },
  };
  test.each(Object.entries(walks))('%s', async (name, walk) => {
    const stack = await rested(options(), 'v2');
    const outcome = await walk(stack);
    await later(stack);
    await stack.cloud.advance(120 * minuteMs);
    expect([name, outcome, paged(stack)]).toEqual([
      name,
      expect.stringMatching(/^(RolledBack|Rejected|Stopped)$/),
      [expect.stringContaining('alarm api-5xx still rings for api')],
    ]);
    expect((await rollbacks(stack)).length).toBeLessThanOrEqual(1);
    expect(refusedByIam(stack)).toEqual([]);
  });
});

test('An alarm that was accepted by the request pages nobody after the deployment', async () => {
  const stack = await rested(options(), 'v2');
  await stack.cloud.advance(24 * 60 * minuteMs);
  await ring(stack);
  await stack.cloud.advance(minuteMs);
  const ended = await stack.deploy(
    { application: 'api', version: 'v3', despiteAlarms: 'known, mended by v3' },
    'v3',
  );
  expect(ended.outcome).toBe('Deployed');
  await later(stack);
  expect(paged(stack)).toEqual([]);
});
