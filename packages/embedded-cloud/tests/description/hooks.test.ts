import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const minutes = (count: number) => count * 60_000;

/** A group of one that is asked for a second instance, which the hook holds. */
const launched = async (hook: object) => {
  const parsed = parseDescription({
    groups: { api: { instances: 1, max: 5, hooks: { warm: { on: 'launching', timeout: '1h', ...hook } } } },
    timings: { spread: 0, boot: '30s' },
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  await cloud.run(() =>
    cloud.answer(cloud.home, cloud.person(), 'autoscaling', 'SetDesiredCapacity', {
      AutoScalingGroupName: 'api',
      DesiredCapacity: 2,
    }),
  );
  await cloud.advance(minutes(1));
  const { state } = cloud.region(cloud.home).service('autoscaling');
  const newest = Object.values(state.groups.api?.instances ?? {}).at(-1)?.id ?? '';
  const lifecycle = () => state.groups.api?.instances[newest]?.lifecycle;
  const failed = () => state.activities.api?.filter(({ status }) => status === 'Failed') ?? [];
  return { cloud, lifecycle, failed };
};

test('A hook that somebody completes lets the instance into service then.', async () => {
  const { cloud, lifecycle } = await launched({ completes: { after: '5m' } });
  expect(lifecycle()).toBe('Pending:Wait');
  await cloud.advance(minutes(4));
  expect(lifecycle()).toBe('Pending:Wait');
  await cloud.advance(minutes(1));
  expect(lifecycle()).toBe('InService');
});

test('One that somebody abandons ends the launch.', async () => {
  const { cloud, lifecycle, failed } = await launched({ completes: { with: 'ABANDON', after: '5m' } });
  await cloud.advance(minutes(4.6));
  expect(lifecycle()).toMatch(/^Terminating/);
  expect(failed()).toHaveLength(1);
});

test.each([
  ['ABANDON', undefined],
  ['CONTINUE', 'InService'],
])('One that nobody completes holds until its time-out, then %s.', async (otherwise, expected) => {
  const { cloud, lifecycle } = await launched({ otherwise });
  await cloud.advance(minutes(58));
  expect(lifecycle()).toBe('Pending:Wait');
  await cloud.advance(minutes(5));
  expect(lifecycle()).toBe(expected);
});
