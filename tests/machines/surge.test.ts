import {
  AutoScalingClient,
  DeleteAutoScalingGroupCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds } from './support/snapshot';
import { startTestStack, type TestStackOptions } from './support/testStack';

const minuteMs = 60_000;
const settings = {
  strategy: 'golden-instance',
  rollout: { strategy: 'surge', minHealthyPercentage: 100, maxHealthyPercentage: 200, bakeMinutes: 0 },
};
const fleet = { instances: 10, min: 4, max: 40, zones: ['eu-west-1a', 'eu-west-1b'] };
const withAction = (action: object): TestStackOptions => ({
  settings,
  group: { ...fleet, scheduledActions: { onsale: action } },
});
type Stack = Awaited<ReturnType<typeof startTestStack>>;

const setDesired = (stack: Stack, desired: number) =>
  stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity: desired }));

const isWhole = async (stack: Stack, desired: number): Promise<void> => {
  await stack.cloud.advance(15 * minuteMs);
  expect([stack.group().desired, Object.keys(stack.group().instances).length]).toEqual([desired, desired]);
  expect(refusedByIam(stack)).toEqual([]);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

test.each([15, 20])('a minimum that rises to %d during a surge keeps what was added', async (min) => {
  const stack = await startTestStack(withAction({ in: '6m50s', min }));
  const { outcome, seconds } = await stack.deploy();
  expect(outcome).toBe('Deployed');
  expect(seconds).toBeLessThan(10 * 60);
  await isWhole(stack, min);
});

test.each(['6m30s', '6m50s', '7m', '7m30s'])(
  'the capacity that a scheduled action asks for during a surge is not given back: in %s',
  async (at) => {
    const stack = await startTestStack(withAction({ in: at, desired: 20 }));
    expect((await stack.deploy()).outcome).toBe('Deployed');
    await isWhole(stack, 20);
  },
);

test('the capacity that a person asks for during a surge is not given back', async () => {
  const stack = await startTestStack({ settings, group: fleet });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.runUntil(() => stack.group().desired === 20, 20 * minuteMs);
  await stack.cloud.advance(10_000);
  await setDesired(stack, 24);
  expect((await stack.ended(arn)).outcome).toBe('Deployed');
  await isWhole(stack, 24);
});

test.each([
  ['a scheduled action asks for', { in: '6m35s', desired: 20 }, 20],
  ['the minimum has risen to', { in: '6m35s', min: 15 }, 15],
])('the way back after a surge leaves what %s', async (_, action, desired) => {
  const stack = await startTestStack(withAction(action));
  const arn = await stack.start({ application: 'api', version: 'v2' });
  const began = stack.cloud.now();
  await stack.cloud.runUntil(() => stack.group().desired === 20, 20 * minuteMs);
  await stack.cloud.advance(began + (6 * 60 + 36) * 1000 - stack.cloud.now());
  await stack.stop(arn);
  await stack.cloud.advance(60 * minuteMs);
  await isWhole(stack, desired);
});

const small = { strategy: 'golden-instance', rollout: { strategy: 'surge', bakeMinutes: 0 } };
const bothZones = { instances: 3, zones: ['eu-west-1a', 'eu-west-1b'] };

test.each([
  [
    'that never become healthy',
    { brokenVersions: ['v2'] },
    /New instances of v2 in group api do not become healthy \(3 in a row\): .*Target.FailedHealthChecks/,
    30,
  ],
  [
    'for which there is no capacity',
    { capacity: [{ remaining: 1 }] },
    /3 launches of group api failed in a row: .*InsufficientInstanceCapacity/,
    15,
  ],
])('a surge with new instances %s ends soon, and says why', async (_, cloud, why, minutes) => {
  const stack = await startTestStack({ settings: small, group: bothZones, cloud });
  const { outcome, end, seconds } = await stack.deploy();
  expect(outcome).toBe('RolledBack');
  expect(end?.message).toMatch(why);
  expect(seconds).toBeLessThan(minutes * 60);
  expect(stack.group().desired).toBe(3);
  expect(refusedByIam(stack)).toEqual([]);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

test('of a group that looks at no target groups, too, a surge with unhealthy instances ends', async () => {
  const group = { ...bothZones, targetGroups: ['api'], healthCheckType: 'EC2' };
  const stack = await startTestStack({
    settings: small,
    group,
    cloud: { brokenVersions: ['v2'], targetGroups: { api: {} } },
  });
  const { outcome, end, seconds } = await stack.deploy();
  expect([outcome, end?.error]).toEqual(['RolledBack', 'RolloutFailed']);
  expect(end?.message).toMatch(/Target.FailedHealthChecks/);
  expect(seconds).toBeLessThan(30 * 60);
});

test('A group that is deleted in the middle of a surge is no success', async () => {
  const stack = await startTestStack({ settings, group: fleet });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.runUntil(() => stack.group().desired === 20, 20 * minuteMs);
  await stack.session
    .connect(AutoScalingClient)
    .send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'api', ForceDelete: true }));
  const { outcome, end } = await stack.ended(arn);
  expect(outcome).toBe('Dirty');
  expect(JSON.stringify(end)).toContain('Auto Scaling group api is being deleted (Delete in progress)');
});
