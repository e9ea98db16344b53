import { ask, judged, minuteMs, ring, rollbacks, software, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, serving, told } from './support/picture';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);

const asking = async (settings: object = {}) => {
  const stage = await raise({
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
  const arn = await stage.start({ application: 'api', version: 'v2' });
  await untilState(stage, 'Approval');
  await stage.cloud.advance(10 * minuteMs);
  return { stage, arn };
};
const versions = (stage: Stage) =>
  serving(stage)
    .map((instance) => instance.software)
    .sort();
const approve = (stage: Stage, by = 'ada') => ask(stage, 'Approve', { deployment: 'deployment-1', by });
const settles = async (stage: Stage) => {
  expect(refusedByIam(stage)).toEqual([]);
  await stage.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
};

test('half the fleet is new, somebody is asked once, and says yes: the rest follows, and nothing twice', async () => {
  const { stage, arn } = await asking();
  expect(versions(stage)).toEqual(['v1', 'v1', 'v2', 'v2']);
  const half = serving(stage).filter((instance) => instance.software === 'v2');
  const asked = told(stage).filter(({ subject }) => /waits for approval at 50%/.test(subject));
  expect(asked).toHaveLength(1);
  expect(asked[0]?.message).toContain('forseti approve deployment-1');
  expect(await approve(stage)).toMatchObject({ done: true, deployment: 'deployment-1' });
  expect(await approve(stage, 'bob')).toMatchObject({
    done: true,
    message: expect.stringMatching(/by ada already/) as string,
  });
  const ended = await stage.ended(arn);
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
  expect(versions(stage)).toEqual(['v2', 'v2', 'v2', 'v2']);
  // What the first half had brought stays: the second refresh passes over it.
  expect(serving(stage).map(({ id }) => id)).toEqual(expect.arrayContaining(half.map(({ id }) => id)));
  const preferences = stage.cloud.calls.list
    .filter(({ action }) => action === 'StartInstanceRefresh')
    .map(({ input }) => (input as { Preferences: object }).Preferences);
  expect(preferences).toMatchObject([
    { CheckpointPercentages: [50], SkipMatching: false, BakeTime: 0 },
    { SkipMatching: true, BakeTime: 300 },
  ]);
  expect((await recordOf(stage))?.approval).toMatchObject({ by: 'ada' });
  expect(told(stage).filter(({ subject }) => /waits for approval/.test(subject))).toHaveLength(1);
  await settles(stage);
});

describe('without an approval everything is undone', () => {
  const ends: [string, string, (stage: Stage) => Promise<unknown>][] = [
    ['when its time is over', 'NotApproved', (stage) => stage.cloud.advance(55 * minuteMs)],
    ['when an alarm rings meanwhile', 'Halted', (stage) => ring(stage)],
    [
      'when somebody halts it',
      'Halted',
      (stage) => ask(stage, 'HaltDeployment', { application: 'api', reason: 'no', by: 'ada' }),
    ],
  ];
  test.each(ends)('%s: %s', async (_, error, act) => {
    const { stage, arn } = await asking();
    const from = stage.cloud.now();
    await act(stage);
    const ended = await stage.ended(arn);
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', error, []]);
    expect(ended.path).not.toContain('RolloutRest');
    expect(versions(stage)).toEqual(['v1', 'v1', 'v1', 'v1']);
    expect(stage.group().launch).toMatchObject({ launchTemplate: { version: '1' } });
    expect(await rollbacks(stage)).toEqual([]);
    expect((await judged(stage)).map((item) => item.act)).toEqual(/alarm/.test(_) ? ['halt'] : []);
    if (error === 'NotApproved') {
      expect(ended.end?.message).toMatch(/Nobody approved the rest .* within 60 minutes/);
      expect(stage.cloud.now() - from).toBeLessThan(75 * minuteMs);
    }
    expect(await approve(stage)).toMatchObject({
      done: false,
      message: expect.stringMatching(/ended as RolledBack/) as string,
    });
    await settles(stage);
  });

  test('a rollback takes it over, too', async () => {
    const { stage, arn } = await asking();
    expect((await stage.rollBack()).outcome).toBe('RolledBack');
    expect((await stage.ended(arn)).end?.handedTo).toBe('rollback-1');
    expect(software(stage)).toEqual(['v1']);
    await settles(stage);
  });
});

test('what asks for nothing cannot be approved, and says so', async () => {
  const stage = await raise();
  await stage.start({ application: 'api', version: 'v2' });
  await stage.cloud.advance(minuteMs);
  expect(await approve(stage)).toMatchObject({
    done: false,
    message: 'deployment-1 does not wait for an approval now.',
  });
  expect(await ask(stage, 'Approve', { deployment: 'nobody', by: 'ada' })).toEqual({
    done: false,
    message: 'There is no deployment nobody.',
  });
  expect(await ask(stage, 'Approve', { deployment: '' })).toMatchObject({ errorType: 'InvalidRequest' });
});
