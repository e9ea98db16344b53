import { makeWorld, minutes, refusal } from './world';
import { makeCloudWatch } from '../../src/services/cloudwatch';
import { goalOf, reachedCheckpoint, totalOf } from '../../src/autoscaling/refresh/plan';
import { newest, start, watch } from './refreshing';

describe('The arithmetic of checkpoints', () => {
  test.each<[readonly number[] | undefined, number]>([
    [undefined, 100],
    [[], 100],
    [[1, 20], 20],
    [[20, 100], 100],
  ])('%j replace up to %d percent', (percentages, goal) => {
    expect(goalOf(percentages)).toBe(goal);
  });

  test.each<[readonly number[], number, number, number | undefined]>([
    [[20, 50, 100], 0, 10, undefined],
    [[20, 50, 100], 0, 20, 0],
    [[20, 50, 100], 1, 20, undefined],
    [[10, 40, 100], 0, 50, 1],
    [[20, 50, 100], 2, 100, 2],
    [[], 0, 100, undefined],
  ])('Of %j, with index %d next, %d percent reach index %s', (percentages, next, percentage, reached) => {
    expect(reachedCheckpoint(percentages, next, percentage)).toBe(reached);
  });

  test.each([
    [10, 0, 0, 10],
    [10, 3, 0, 7],
    [9, 0, 1, 10],
    [2, 4, 0, 0],
  ])('Desired %d, others %d, in standby %d: %d to replace', (desired, others, besides, total) => {
    expect(totalOf(desired, others, besides)).toBe(total);
  });
});

const part = { CheckpointPercentages: [10, 30], CheckpointDelay: 600, MinHealthyPercentage: 80 };

describe('A refresh whose last checkpoint is below 100', () => {
  test('Succeeds at it and replaces no more; what is launched from then on is new', async () => {
    const world = makeWorld(10);
    await start(world, part);
    await world.region.advance(minutes(60));
    expect(await newest(world)).toMatchObject({
      Status: 'Successful',
      PercentageComplete: 30,
      InstancesToUpdate: 7,
    });
    expect(world.versions()).toEqual({ '1': 7, '2': 3 });
    expect(world.group.launch.launchTemplate?.version).toBe('2');
    await world.region.advance(minutes(24 * 60));
    expect(world.versions()).toEqual({ '1': 7, '2': 3 });
    await world.send('SetDesiredCapacity', { DesiredCapacity: 12 });
    await world.region.advance(minutes(5));
    expect(world.versions()).toEqual({ '1': 7, '2': 5 });
  });

  test('Waits at each checkpoint but the last, and tells of each', async () => {
    const world = makeWorld(10);
    await start(world, part);
    await world.region.advance(minutes(60));
    expect(world.eventNames()).toEqual(['Started', 'Checkpoint Reached', 'Checkpoint Reached', 'Succeeded']);
    const details = world.region.events
      .filter(({ detailType }) => detailType.endsWith('Checkpoint Reached'))
      .map(({ detail }) => (detail as { CheckpointPercentage: number }).CheckpointPercentage);
    expect(details).toEqual([10, 30]);
    const { StartTime, EndTime } = await newest(world);
    const tookMs = (EndTime?.getTime() ?? 0) - (StartTime?.getTime() ?? 0);
    expect(tookMs).toBeGreaterThan(minutes(10));
    expect(tookMs).toBeLessThan(minutes(20));
  });

  test('Bakes before it succeeds, and rolls back only what it has replaced when an alarm rings then', async () => {
    const world = makeWorld(10);
    world.alarms.errors = 'OK';
    const before = Object.keys(world.instances);
    await start(world, {
      ...part,
      BakeTime: 3600,
      AutoRollback: true,
      AlarmSpecification: { Alarms: ['errors'] },
    });
    await world.region.advance(minutes(40));
    expect(await newest(world)).toMatchObject({ Status: 'Baking', PercentageComplete: 30 });
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    world.autoScaling.alarmStateChanged('errors', 'ALARM');
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('RollbackSuccessful');
    expect(world.versions()).toEqual({ '1': 10 });
    expect(before.filter((id) => world.group.instances[id])).toHaveLength(7);
    expect(world.eventNames().slice(-3)).toEqual([
      'Started Baking',
      'Rollback Started',
      'Rollback Succeeded',
    ]);
  });

  test('Launches no more ahead than it is to replace', async () => {
    const world = makeWorld(10, { maxSize: 10 });
    await start(world, {
      CheckpointPercentages: [20],
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
    });
    expect(await watch(world, minutes(30))).toEqual({ fewest: 10, most: 12 });
    expect((await newest(world)).Status).toBe('Successful');
    expect(world.versions()).toEqual({ '1': 8, '2': 2 });
  });

  test('Follows the size of the group, whichever way it is scaled meanwhile', async () => {
    for (const [size, expected] of [
      [5, { '1': 3, '2': 2 }],
      [20, { '1': 9, '2': 11 }],
    ] as const) {
      const world = makeWorld(10, { maxSize: 20 });
      await start(world, { CheckpointPercentages: [30], MinHealthyPercentage: 90 });
      await world.region.advance(10_000);
      await world.send('SetDesiredCapacity', { DesiredCapacity: size });
      await world.region.advance(minutes(40));
      expect(await newest(world)).toMatchObject({ Status: 'Successful' });
      expect(world.versions()).toEqual(expected);
    }
  });

  test('Leaves the warm pool to the refresh that replaces the rest', async () => {
    const world = makeWorld(4, { maxSize: 6 });
    await world.send('PutWarmPool', { PoolState: 'Running' });
    await world.region.advance(minutes(5));
    const warm = () =>
      Object.values(world.group.instances)
        .filter(({ lifecycle }) => lifecycle.startsWith('Warmed'))
        .map(({ template }) => template?.version);
    await start(world, { CheckpointPercentages: [50] });
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('Successful');
    expect(warm()).toEqual(['1', '1']);
    await start(world, { SkipMatching: true });
    await world.region.advance(minutes(60));
    expect((await newest(world)).Status).toBe('Successful');
    expect([warm(), world.versions()]).toEqual([['2', '2'], { '2': 4 }]);
  });
});

describe('The refresh that follows a partial one', () => {
  test('Replaces only the rest with SkipMatching, and all without it, the old ones first', async () => {
    const skipping = makeWorld(10);
    await start(skipping, part);
    await skipping.region.advance(minutes(60));
    const fresh = Object.values(skipping.group.instances).filter(({ template }) => template?.version === '2');
    await start(skipping, { SkipMatching: true, MinHealthyPercentage: 80 });
    await skipping.region.advance(3000);
    expect((await newest(skipping)).InstancesToUpdate).toBe(7);
    await skipping.region.advance(minutes(60));
    expect(await newest(skipping)).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
    expect(skipping.versions()).toEqual({ '2': 10 });
    expect(fresh.filter(({ id }) => skipping.group.instances[id])).toHaveLength(3);

    const all = makeWorld(10);
    await start(all, part);
    await all.region.advance(minutes(60));
    await start(all, { CheckpointPercentages: [70], MinHealthyPercentage: 80 });
    await all.region.advance(minutes(60));
    expect(all.versions()).toEqual({ '2': 10 });
  });

  test('Counts its checkpoints of what is left to replace', async () => {
    const world = makeWorld(10);
    await start(world, part);
    await world.region.advance(minutes(60));
    await start(world, { SkipMatching: true, CheckpointPercentages: [50, 100], CheckpointDelay: 7200 });
    await world.region.advance(minutes(60));
    expect(await newest(world)).toMatchObject({ Status: 'InProgress', InstancesToUpdate: 3 });
    expect(world.versions()).toEqual({ '1': 3, '2': 7 });
  });
});

describe('A checkpoint', () => {
  test('Is skipped where a later one is reached together with it', async () => {
    const world = makeWorld(2);
    await start(world, { CheckpointPercentages: [10, 40, 100], CheckpointDelay: 600 });
    await world.region.advance(minutes(60));
    expect((await newest(world)).Status).toBe('Successful');
    expect(
      world.region.events
        .filter(({ detailType }) => detailType.endsWith('Checkpoint Reached'))
        .map(({ detail }) => detail),
    ).toMatchObject([{ CheckpointPercentage: 40 }]);
  });
});

describe('A refresh that is interrupted', () => {
  const paused = { CheckpointPercentages: [50, 100], CheckpointDelay: 36_000, MinHealthyPercentage: 50 };

  test.each<[string, object, number, string]>([
    ['on its way', { MinHealthyPercentage: 50 }, 20_000, 'InProgress'],
    ['at a checkpoint', paused, minutes(30), 'InProgress'],
    ['in its bake time', { BakeTime: 36_000, MinHealthyPercentage: 50 }, minutes(30), 'Baking'],
  ])('Is rolled back by hand %s', async (_when, preferences, waitMs, status) => {
    const world = makeWorld(4);
    await start(world, preferences);
    await world.region.advance(waitMs);
    expect((await newest(world)).Status).toBe(status);
    const { InstanceRefreshId } = await world.send<{ InstanceRefreshId: string }>('RollbackInstanceRefresh');
    expect(await newest(world)).toMatchObject({ InstanceRefreshId, Status: 'RollbackInProgress' });
    await world.region.advance(minutes(30));
    expect(await newest(world)).toMatchObject({ InstanceRefreshId, Status: 'RollbackSuccessful' });
    expect(world.versions()).toEqual({ '1': 4 });
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    expect(world.eventNames().slice(-2)).toEqual(['Rollback Started', 'Rollback Succeeded']);
  });

  test('Lets no other start before it is Cancelled', async () => {
    const world = makeWorld(4);
    await start(world, { MinHealthyPercentage: 50 });
    await world.region.advance(20_000);
    await world.send('CancelInstanceRefresh');
    expect((await newest(world)).Status).toBe('Cancelling');
    expect(await refusal(start(world))).toMatchObject({ code: 'InstanceRefreshInProgress' });
    await world.region.advance(minutes(10));
    expect((await newest(world)).Status).toBe('Cancelled');
    await start(world, { SkipMatching: true });
    await world.region.advance(minutes(20));
    expect((await newest(world)).Status).toBe('Successful');
    expect(world.versions()).toEqual({ '2': 4 });
  });
});

describe('A refresh with 100 percent at least and 200 at most', () => {
  test('Launches all before any goes: MaxSize limits scaling, not replacing', async () => {
    const world = makeWorld(20, { maxSize: 20 });
    await start(world, { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    expect(await watch(world, minutes(10))).toEqual({ fewest: 20, most: 40 });
    expect(await newest(world)).toMatchObject({ Status: 'Successful' });
    expect(world.versions()).toEqual({ '2': 20 });
    const { StartTime, EndTime } = await newest(world);
    expect((EndTime?.getTime() ?? 0) - (StartTime?.getTime() ?? 0)).toBeLessThan(minutes(4));
  });
});

describe('A refresh gated by an alarm of CloudWatch', () => {
  const gated = async (preferences: object) => {
    const world = makeWorld(4);
    world.region.add('cloudwatch', makeCloudWatch(world.region));
    await world.region.send('cloudwatch', 'PutMetricAlarm', {
      AlarmName: 'errors',
      Namespace: 'Shop',
      MetricName: 'Failures',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const ring = (StateValue: string) =>
      world.region.send('cloudwatch', 'SetAlarmState', {
        AlarmName: 'errors',
        StateValue,
        StateReason: 'test',
      });
    await start(world, {
      AutoRollback: true,
      AlarmSpecification: { Alarms: ['errors'] },
      MinHealthyPercentage: 50,
      ...preferences,
    });
    return { world, ring };
  };

  test.each<[string, object, number]>([
    ['while it replaces', {}, 30_000],
    ['at a checkpoint', { CheckpointPercentages: [50, 100], CheckpointDelay: 36_000 }, minutes(30)],
    ['while it bakes', { BakeTime: 36_000 }, minutes(30)],
  ])('Rolls back when somebody sets the alarm %s', async (_when, preferences, waitMs) => {
    const { world, ring } = await gated(preferences);
    await world.region.advance(waitMs);
    await ring('ALARM');
    expect(await newest(world)).toMatchObject({
      Status: 'RollbackInProgress',
      StatusReason: 'The CloudWatch alarm errors went into ALARM state.',
    });
    await ring('OK');
    await ring('ALARM');
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('RollbackSuccessful');
    expect(world.versions()).toEqual({ '1': 4 });
    expect(world.eventNames().filter((name) => name.startsWith('Rollback'))).toEqual([
      'Rollback Started',
      'Rollback Succeeded',
    ]);
  });

  test('Fails without touching anything when the alarm rings before its first look', async () => {
    const { world, ring } = await gated({});
    await ring('ALARM');
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('Failed');
    expect(world.eventNames()).toEqual(['Started', 'Failed']);
    expect(Object.keys(world.instances)).toHaveLength(4);
  });
});
