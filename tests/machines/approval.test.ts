import { ask, judged, minuteMs, ring, rollbacks, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, serving, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const asking = async (settings: object = {}) => {
  const stack = await startTestStack({
    settings: {
      strategy: 'golden-instance',
      rollout: {
        strategy: 'instance-refresh',
        bakeMinutes: 5,
        approval: { percentage: 50, timeoutMinutes: 60 },
      },
      rollback: { alarms: ['api-5xx'] },
      ...settings,
    },
    cloud: { alarms: { 'api-5xx': {} } },
  });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'Approval');
  await stack.cloud.advance(10 * minuteMs);
  return { stack, arn };
};
const versions = (stack: TestStack) =>
  serving(stack)
    .map((instance) => instance.software)
    .sort();
const approve = (stack: TestStack, by = 'ada') => ask(stack, 'Approve', { deployment: 'deployment-1', by });
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

test('With half the fleet new, one approval is asked for; given, the rest follows, and nothing happens twice', async () => {
  const { stack, arn } = await asking();
  expect(versions(stack)).toEqual(['v1', 'v1', 'v2', 'v2']);
  const half = serving(stack).filter((instance) => instance.software === 'v2');
  const asked = told(stack).filter(({ subject }) => /waits for approval at 50%/.test(subject));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.message).toContain('forseti approve deployment-1');
  expect(await approve(stack)).toMatchObject({ done: true, deployment: 'deployment-1' });
  expect(await approve(stack, 'bob')).toMatchObject({
    done: true,
    message: expect.stringMatching(/by ada already/) as string,
  });
  const ended = await stack.ended(arn);
  expect(ended.outcome).toBe('Deployed');
  expect(ended.path.slice(-9)).toEqual([
    'Rollout',
    'NeedsApproval',
    'Approval',
    'RolloutRest',
    'Observe',
    'Complete',
    'Unlock',
    'Outcome',
    'Deployed',
  ]);
  expect(versions(stack)).toEqual(['v2', 'v2', 'v2', 'v2']);
  // Instances of the first half stay: the second refresh skips them.
  expect(serving(stack).map(({ id }) => id)).toEqual(expect.arrayContaining(half.map(({ id }) => id)));
  const preferences = stack.cloud.calls.list
    .filter(({ action }) => action === 'StartInstanceRefresh')
    .map(({ input }) => (input as { Preferences: object }).Preferences);
  expect(preferences).toMatchObject([
    { CheckpointPercentages: [50], SkipMatching: false, BakeTime: 0 },
    { SkipMatching: true, BakeTime: 300 },
  ]);
  expect((await recordOf(stack))?.approval).toMatchObject({ by: 'ada' });
  expect(told(stack).filter(({ subject }) => /waits for approval/.test(subject))).toHaveLength(1);
  await settles(stack);
});

describe('A rollout without its approval', () => {
  const ends: [string, string, (stack: TestStack) => Promise<unknown>][] = [
    ['when its time is over', 'NotApproved', (stack) => stack.cloud.advance(55 * minuteMs)],
    ['when an alarm goes into ALARM meanwhile', 'Halted', (stack) => ring(stack)],
    [
      'when a person halts it',
      'Halted',
      (stack) => ask(stack, 'HaltDeployment', { application: 'api', reason: 'no', by: 'ada' }),
    ],
  ];
  test.each(ends)('Everything is undone %s, with the error %s', async (_, error, act) => {
    const { stack, arn } = await asking();
    const from = stack.cloud.now();
    await act(stack);
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', error, []]);
    expect(ended.path).not.toContain('RolloutRest');
    expect(versions(stack)).toEqual(['v1', 'v1', 'v1', 'v1']);
    expect(stack.group().launch).toMatchObject({ launchTemplate: { version: '1' } });
    expect(await rollbacks(stack)).toEqual([]);
    expect((await judged(stack)).map((item) => item.act)).toEqual(/alarm/.test(_) ? ['halt'] : []);
    if (error === 'NotApproved') {
      expect(ended.end?.message).toMatch(/Nobody approved the rest .* within 60 minutes/);
      expect(stack.cloud.now() - from).toBeLessThan(75 * minuteMs);
    }
    expect(await approve(stack)).toMatchObject({
      done: false,
      message: expect.stringMatching(/ended as RolledBack/) as string,
    });
    await settles(stack);
  });

  test('A rollback takes over a deployment that waits for approval', async () => {
    const { stack, arn } = await asking();
    expect((await stack.rollBack()).outcome).toBe('RolledBack');
    expect((await stack.ended(arn)).end?.handedTo).toBe('rollback-1');
    expect(software(stack)).toEqual(['v1']);
    await settles(stack);
  });
});

test('A deployment that asks for no approval cannot be approved, and the answer says so', async () => {
  const stack = await startTestStack();
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(minuteMs);
  expect(await approve(stack)).toMatchObject({
    done: false,
    message: 'deployment-1 does not wait for an approval now.',
  });
  expect(await ask(stack, 'Approve', { deployment: 'nobody', by: 'ada' })).toEqual({
    done: false,
    message: 'There is no deployment nobody.',
  });
  expect(await ask(stack, 'Approve', { deployment: '' })).toMatchObject({ errorType: 'InvalidRequest' });
});
