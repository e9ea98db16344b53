import type { Activity } from '@aws-sdk/client-auto-scaling';
import { countByZone, lackingZones } from '../../src/autoscaling/policy/zones';
import { makeWorld, minutes, type World, zones } from './world';

const zoneCounts = ({ group }: World) => countByZone(zones, Object.values(group.instances));

/** A group of three that has lost its instance of zone a, where there is no capacity for another one. */
const unbalanced = async () => {
  const world = makeWorld(3);
  world.fullZones.add('eu-west-1a');
  const [lost] = Object.values(world.group.instances).filter(({ zone }) => zone === 'eu-west-1a');
  await world.send('TerminateInstanceInAutoScalingGroup', {
    InstanceId: lost?.id,
    ShouldDecrementDesiredCapacity: false,
  });
  await world.region.advance(minutes(5));
  return world;
};

const failures = async (world: World) => {
  const { Activities } = await world.send<{ Activities: Activity[] }>('DescribeScalingActivities');
  return Activities.filter(({ StatusCode }) => StatusCode === 'Failed').reverse();
};

test('A rebalancing launch that cannot be had terminates nothing, fails, and waits ever longer.', async () => {
  const world = await unbalanced();
  const before = Object.keys(world.group.instances);
  expect(zoneCounts(world)).toEqual({ 'eu-west-1a': 0, 'eu-west-1b': 2, 'eu-west-1c': 1 });
  await world.region.advance(minutes(90));
  expect(Object.keys(world.group.instances)).toEqual(before);
  const failed = await failures(world);
  expect(failed[0]?.StatusMessage).toContain('InsufficientInstanceCapacity');
  expect(failed[0]?.Cause).toContain('an availability zone imbalance');
  const starts = failed.map(({ StartTime }) => StartTime?.getTime() ?? 0);
  const waits = starts.slice(1).map((at, index) => (at - (starts[index] ?? 0)) / 1_000);
  expect(waits.slice(0, 5)).toEqual([30, 60, 120, 240, 480]);
  expect(Math.max(...waits)).toBe(900);
});

test('It holds up no other launch, and the zones are balanced when there is capacity again.', async () => {
  const world = await unbalanced();
  await world.send('SetDesiredCapacity', { DesiredCapacity: 4 });
  await world.region.advance(minutes(2));
  expect(zoneCounts(world)).toEqual({ 'eu-west-1a': 0, 'eu-west-1b': 2, 'eu-west-1c': 2 });
  world.fullZones.clear();
  await world.region.advance(minutes(30));
  expect(zoneCounts(world)).toMatchObject({ 'eu-west-1a': 1 });
  expect(world.group.rebalanceAgainAt).toBeUndefined();
});

test.each([
  [{ a: 0, b: 2, c: 1 }, ['a']],
  [{ a: 0, b: 1, c: 3 }, ['a', 'b']],
  [{ a: 1, b: 2, c: 1 }, []],
  [{ a: 1, b: 1, c: 1, d: 1 }, ['a', 'b', 'c']],
])('Of %j instances, %j lack one.', (counts, expected) => {
  expect(lackingZones(['a', 'b', 'c'], counts)).toEqual(expected);
});
