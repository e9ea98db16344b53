import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { desired, newest, start, watch } from './refreshing';
import { makeWorld, minutes, refusal } from './world';

describe('An instance refresh', () => {
  test('Replaces every instance within its health limits, and saves the configuration only at success', async () => {
    const world = makeWorld(20);
    await start(world, { MinHealthyPercentage: 90 });
    await world.region.advance(minutes(3));
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    const { fewest, most } = await watch(world, minutes(60));
    expect(await newest(world)).toMatchObject({
      Status: 'Successful',
      PercentageComplete: 100,
      InstancesToUpdate: 0,
    });
    expect(world.versions()).toEqual({ '2': 20 });
    expect(world.group.launch.launchTemplate?.version).toBe('2');
    expect(fewest).toBeGreaterThanOrEqual(18);
    expect(most).toBe(20);
    expect(world.eventNames()).toEqual(['Started', 'Succeeded']);
    expect(world.region.spans.some(({ kind }) => kind === 'refresh')).toBe(true);
  });

  test('Launches before it terminates where the maximum allows more than the desired capacity', async () => {
    const world = makeWorld(20);
    await start(world, { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 });
    const { fewest, most } = await watch(world, minutes(60));
    expect(world.versions()).toEqual({ '2': 20 });
    expect({ fewest, most }).toEqual({ fewest: 20, most: 22 });
  });

  test('Launches first with a maximum of 100, and at the same time without one, where the limits leave no room', async () => {
    const given = makeWorld(2);
    await start(given, { MinHealthyPercentage: 100, MaxHealthyPercentage: 100 });
    expect(await watch(given, minutes(20))).toEqual({ fewest: 2, most: 3 });
    const absent = makeWorld(2);
    await start(absent, { MinHealthyPercentage: 100 });
    expect(await watch(absent, minutes(20))).toEqual({ fewest: 1, most: 2 });
    expect([given.versions(), absent.versions()]).toEqual([{ '2': 2 }, { '2': 2 }]);
  });

  test('Refreshes 350 instances in well under a second of real time', async () => {
    const world = makeWorld(350);
    const before = performance.now();
    await start(world, { MinHealthyPercentage: 90, MaxHealthyPercentage: 110 });
    await world.region.advance(minutes(90));
    expect((await newest(world)).Status).toBe('Successful');
    expect(world.versions()).toEqual({ '2': 350 });
    expect(performance.now() - before).toBeLessThan(3000);
  });

  test('Replaces nothing and makes no progress while Launch or Terminate is suspended', async () => {
    for (const process of ['Launch', 'Terminate']) {
      const world = makeWorld(4, { suspended: [process] });
      await start(world);
      await world.region.advance(minutes(30));
      expect(await newest(world)).toMatchObject({ Status: 'InProgress', PercentageComplete: 0 });
      expect(world.versions()).toEqual({ '1': 4 });
      await world.send('ResumeProcesses', { ScalingProcesses: [process] });
      await world.region.advance(minutes(30));
      expect(world.versions()).toEqual({ '2': 4 });
    }
  });

  test('Stops at a checkpoint, says so, and goes on by itself after its delay', async () => {
    const world = makeWorld(10);
    await start(world, { CheckpointPercentages: [30, 100], CheckpointDelay: 3600, MinHealthyPercentage: 80 });
    await world.region.advance(minutes(30));
    expect(await newest(world)).toMatchObject({
      Status: 'InProgress',
      PercentageComplete: 30,
      InstancesToUpdate: 7,
    });
    expect(
      world.region.events.find(({ detailType }) => detailType.endsWith('Checkpoint Reached'))?.detail,
    ).toMatchObject({
      CheckpointPercentage: 30,
      CheckpointDelay: 3600,
    });
    await world.region.advance(minutes(120));
    expect(world.versions()).toEqual({ '2': 10 });
    expect(world.eventNames()).toEqual(['Started', 'Checkpoint Reached', 'Succeeded']);
  });

  test('Skips what matches template and version already, whatever code it runs', async () => {
    const world = makeWorld(3);
    await start(
      world,
      { SkipMatching: true },
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } },
    );
    await world.region.advance(minutes(1));
    expect(await newest(world)).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
    expect(Object.values(world.instances)).toHaveLength(3);
  });

  test('Launches the new configuration on a scale-out while it runs', async () => {
    const world = makeWorld(4);
    await start(world, { CheckpointPercentages: [25, 100], CheckpointDelay: 36_000 });
    await world.region.advance(minutes(20));
    await world.send('SetDesiredCapacity', { DesiredCapacity: 6 });
    await world.region.advance(minutes(5));
    expect(world.versions()).toEqual({ '1': 3, '2': 3 });
  });
});

describe('A refresh whose alarm rings', () => {
  const gated = { AutoRollback: true, AlarmSpecification: { Alarms: ['errors'] }, MinHealthyPercentage: 50 };

  test('Rolls back what it has replaced, and nothing else', async () => {
    const world = makeWorld(8);
    world.alarms.errors = 'OK';
    const untouched = Object.keys(world.instances);
    await start(world, gated);
    await world.region.advance(40_000);
    world.autoScaling.alarmStateChanged('errors', 'ALARM');
    expect(await newest(world)).toMatchObject({ Status: 'RollbackInProgress' });
    await world.region.advance(minutes(60));
    expect((await newest(world)).Status).toBe('RollbackSuccessful');
    expect(world.versions()).toEqual({ '1': 8 });
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    expect(untouched.filter((id) => world.group.instances[id])).toHaveLength(4);
    expect(world.eventNames()).toEqual(['Started', 'Rollback Started', 'Rollback Succeeded']);
  });

  test('Rolls back during its bake time too', async () => {
    const world = makeWorld(2);
    world.alarms.errors = 'OK';
    await start(world, { ...gated, BakeTime: 3600 });
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('Baking');
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    world.autoScaling.alarmStateChanged('errors', 'ALARM');
    await world.region.advance(minutes(30));
    expect((await newest(world)).Status).toBe('RollbackSuccessful');
    expect(world.versions()).toEqual({ '1': 2 });
  });

  test('Fails at the start where it rings already, without AutoRollback at any time', async () => {
    const early = makeWorld(2);
    early.alarms.errors = 'ALARM';
    await start(early, gated);
    await early.region.advance(minutes(10));
    expect((await newest(early)).Status).toBe('Failed');
    expect(early.versions()).toEqual({ '1': 2 });
    const plain = makeWorld(2);
    plain.alarms.errors = 'OK';
    await start(plain, { ...gated, AutoRollback: false });
    await plain.region.advance(minutes(1));
    plain.autoScaling.alarmStateChanged('errors', 'ALARM');
    expect((await newest(plain)).Status).toBe('Failed');
    expect(plain.eventNames()).toEqual(['Started', 'Failed']);
  });
});

describe('A refresh that cannot go on', () => {
  test('Fails, and rolls back, when new instances do not become healthy for an hour', async () => {
    const world = makeWorld(4);
    world.broken.add('2');
    await start(world, { AutoRollback: true });
    await world.region.advance(minutes(120));
    expect((await newest(world)).Status).toBe('RollbackSuccessful');
    expect(world.versions()).toEqual({ '1': 4 });
  });

  test('Waits an hour for protected or standby instances, then fails; Ignore leaves them', async () => {
    for (const [option, status] of [
      ['Wait', 'Failed'],
      ['Ignore', 'Successful'],
      ['Refresh', 'Successful'],
    ] as const) {
      const world = makeWorld(3);
      const [id = ''] = Object.keys(world.instances);
      await world.send('SetInstanceProtection', { InstanceIds: [id], ProtectedFromScaleIn: true });
      await start(world, { ScaleInProtectedInstances: option });
      await world.region.advance(minutes(100));
      expect((await newest(world)).Status).toBe(status);
      expect(world.versions()).toEqual(option === 'Refresh' ? { '2': 3 } : { '1': 1, '2': 2 });
    }
  });

  test('Is cancelled after what is on its way; the group keeps its configuration', async () => {
    const world = makeWorld(6);
    await start(world);
    await world.region.advance(minutes(1));
    await world.send('CancelInstanceRefresh');
    expect((await newest(world)).Status).toBe('Cancelling');
    await world.region.advance(minutes(10));
    expect((await newest(world)).Status).toBe('Cancelled');
    expect(world.group.launch.launchTemplate?.version).toBe('1');
    expect(await refusal(world.send('CancelInstanceRefresh'))).toMatchObject({
      code: 'ActiveInstanceRefreshNotFound',
    });
  });
});

describe('What a refresh refuses', () => {
  test('A second one while the first is active, with any status', async () => {
    const world = makeWorld(2);
    await start(world);
    expect(await refusal(start(world))).toMatchObject({ code: 'InstanceRefreshInProgress' });
  });

  test.each([
    ['no desired configuration', {}, undefined],
    ['a parameter as image', {}, { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } }],
    ['$Latest in the group', { launchTemplate: { template: 'web', version: '$Latest' } }, desired],
  ])('AutoRollback with %s', async (_what, seed, configuration) => {
    const world = makeWorld(2, seed);
    const call = world.send('StartInstanceRefresh', {
      Preferences: { AutoRollback: true },
      DesiredConfiguration: configuration,
    });
    const { code, message } = await refusal(call);
    expect(code).toBe('ValidationError');
    expect(message).toContain('The AutoRollback parameter cannot be set to true when');
  });

  test.each<[string, RefreshPreferences]>([
    ['a maximum without a minimum', { MaxHealthyPercentage: 110 }],
    ['limits more than 100 apart', { MinHealthyPercentage: 50, MaxHealthyPercentage: 160 }],
    ['a minimum above 100', { MinHealthyPercentage: 101 }],
    [
      'eleven alarms',
      { AlarmSpecification: { Alarms: Array.from({ length: 11 }, (_, index) => `a${index}`) } },
    ],
    ['an alarm that does not exist', { AlarmSpecification: { Alarms: ['none'] } }],
    ['checkpoints out of order', { CheckpointPercentages: [50, 20] }],
    ['a delay without checkpoints', { CheckpointDelay: 60 }],
  ])('%s', async (_what, preferences) => {
    expect(await refusal(start(makeWorld(2), preferences))).toMatchObject({ code: 'ValidationError' });
  });

  test('A rollback of a finished one, of one without desired configuration, and of one that rolls back', async () => {
    const world = makeWorld(2);
    expect(await refusal(world.send('RollbackInstanceRefresh'))).toMatchObject({
      code: 'ActiveInstanceRefreshNotFound',
    });
    await world.send('StartInstanceRefresh');
    await world.region.advance(minutes(1));
    expect(await refusal(world.send('RollbackInstanceRefresh'))).toMatchObject({
      code: 'IrreversibleInstanceRefresh',
    });
    const rolling = makeWorld(4);
    await start(rolling);
    await rolling.region.advance(minutes(1));
    await rolling.send('RollbackInstanceRefresh');
    expect(await refusal(rolling.send('RollbackInstanceRefresh'))).toMatchObject({
      code: 'IrreversibleInstanceRefresh',
    });
  });

  test('A new launch template for the group while it has a desired configuration', async () => {
    const world = makeWorld(2);
    await start(world);
    const update = world.send('UpdateAutoScalingGroup', {
      LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' },
    });
    expect((await refusal(update)).message).toContain(
      'An active instance refresh with a desired configuration exists',
    );
  });
});
