/** A fleet whose deployments replace nothing (rollout `none`) goes back to what has served, and never to what has not. */
import { AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { commandLineOn } from './support/commandLine';
import { minuteMs, ring, rollbacks, software } from './support/acts';
import { recordOf, serving } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(120_000);

const start = async (more: object = {}): Promise<TestStack> => {
  const stack = await startTestStack({
    watchesDrift: true,
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy: 'none' },
      rollback: { alarms: ['api-5xx'], windowMinutes: 60 },
    },
    cloud: { alarms: { 'api-5xx': {} } },
    ...more,
  });
  for (const version of ['v2', 'v3', 'v4']) {
    expect((await stack.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
    await stack.cloud.advance(10 * minuteMs);
  }
  expect(software(stack)).toEqual(['v1']);
  return stack;
};
const ids = (stack: TestStack) =>
  serving(stack)
    .map(({ id }) => id)
    .sort();
const scaleTo = (stack: TestStack, DesiredCapacity: number) =>
  stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity }));
const rolledBack = async (stack: TestStack) => {
  const [newest = ''] = await rollbacks(stack);
  return recordOf(stack, newest.slice(newest.lastIndexOf(':') + 1));
};

test('An alarm after three versions that no instance runs replaces nobody, and says that it is none of them', async () => {
  const stack = await start();
  const before = ids(stack);
  await ring(stack);
  await stack.cloud.advance(20 * minuteMs);
  expect(ids(stack)).toEqual(before);
  const record = await rolledBack(stack);
  expect([record?.version, record?.end?.outcome]).toEqual(['v1', 'RolledBack']);
  expect(record?.warnings).toEqual([
    'No instance has run v4, so the alarm is about what runs already: somebody has to look for its cause.',
    expect.stringMatching(/^v3 was passed over: no instance has run it/),
    expect.stringMatching(/^v2 was passed over: no instance has run it/),
  ]);
});

test('A rollback that names no version goes to what the fleet runs, as status says before', async () => {
  const stack = await start();
  const before = ids(stack);
  const typed = commandLineOn(stack.session);
  expect((await typed('status', 'api')).out).toMatch(/way back +v1/);
  const { code } = await typed('rollback', 'api');
  expect([code, ids(stack), software(stack)]).toEqual([0, before, ['v1']]);
});

test('Where some instances run the version that the alarm blames, only they are replaced', async () => {
  const stack = await start();
  const before = ids(stack);
  await scaleTo(stack, 6);
  await stack.cloud.advance(10 * minuteMs);
  expect(software(stack)).toEqual(['v1', 'v4']);
  const late = ids(stack).filter((id) => !before.includes(id));
  await ring(stack);
  await stack.cloud.advance(40 * minuteMs);
  expect(software(stack)).toEqual(['v1']);
  // Auto Scaling itself may move others to keep the zones even.
  const replaced = Object.values(stack.region.service('autoscaling').state.activities)
    .flat()
    .filter(({ cause }) => cause.includes('was taken out of service in response to an instance refresh'))
    .map(({ description }) => description.replace('Terminating EC2 instance: ', ''));
  expect(replaced.sort()).toEqual(late);
  expect((await rolledBack(stack))?.warnings?.[0]).toMatch(/^v3 was passed over/);
});

test('A version that served, and that no instance runs any more, is still the way back', async () => {
  const stack = await start();
  await scaleTo(stack, 6);
  await stack.cloud.advance(10 * minuteMs);
  await stack.store({ strategy: 'golden-instance', rollout: { strategy: 'instance-refresh' } });
  expect((await stack.deploy({ application: 'api', version: 'v5' }, 'to-v5')).outcome).toBe('Deployed');
  await stack.cloud.advance(70 * minuteMs);
  const typed = commandLineOn(stack.session);
  expect((await typed('status', 'api')).out).toMatch(/way back +v4/);
});
