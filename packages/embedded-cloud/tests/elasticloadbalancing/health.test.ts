import { makeWorld } from './world';

describe('A target', () => {
  test('Is initial until its first passed check, and Auto Scaling hears of each change', async () => {
    const { region, elb, group, addInstance, health, heard } = makeWorld();
    const { id } = addInstance();
    elb.register(group.arn, id);
    expect(health(id)).toBe('initial');
    await region.advance(30_000);
    expect(health(id)).toBe('healthy');
    expect(heard).toEqual([`${id} initial`, `${id} healthy`]);
    expect(region.spans).toEqual([
      { kind: 'health', subject: id, startedAt: region.now() - 30_000, endedAt: region.now() },
    ]);
  });

  test('Counts from when the application has started on a machine just booted', async () => {
    const world = makeWorld();
    const { id } = world.launch();
    await world.region.advance(30_000);
    world.elb.register(world.group.arn, id);
    await world.region.advance(29_999);
    expect(world.health(id)).toBe('initial');
    await world.region.advance(1);
    expect(world.health(id)).toBe('healthy');
  });

  test('Is never healthy with software that is broken, and is once that has been replaced', async () => {
    const { region, ec2, elb, group, addInstance, health } = makeWorld();
    elb.setBrokenSoftware(['v2']);
    const { id } = addInstance();
    ec2.setSoftware(id, 'v2');
    elb.register(group.arn, id);
    await region.advance(3_600_000);
    expect(health(id)).toBe('unhealthy');
    ec2.setSoftware(id, 'v3');
    await region.advance(120_000);
    expect(health(id)).toBe('healthy');
  });

  test('Turns unhealthy when broken software is installed in place', async () => {
    const { region, ec2, elb, addHealthy, health } = makeWorld();
    elb.setBrokenSoftware(['v2']);
    const { id } = addHealthy();
    ec2.setSoftware(id, 'v2');
    expect(health(id)).toBe('healthy');
    await region.advance(60_000);
    expect(health(id)).toBe('unhealthy');
  });

  test('Is unhealthy after a reboot that takes longer than its checks allow, until it is up again', async () => {
    const { region, ec2, addHealthy, health, heard } = makeWorld();
    const { id } = addHealthy();
    await region.advance(1_000);
    ec2.reboot(id);
    await region.advance(59_000);
    expect(health(id)).toBe('unhealthy');
    await region.advance(150_000);
    expect(health(id)).toBe('healthy');
    expect(heard).toEqual([`${id} unhealthy`, `${id} healthy`]);
  });

  test('Stays healthy through a reboot that only one check notices', async () => {
    const { region, ec2, addHealthy, health } = makeWorld({
      healthCheck: { intervalSeconds: 60, unhealthyThreshold: 2 },
    });
    const { id } = addHealthy();
    ec2.reboot(id);
    await region.advance(600_000);
    expect(health(id)).toBe('healthy');
  });

  test('Drains for the deregistration delay and then is gone', async () => {
    const { region, elb, group, addHealthy, health, heard } = makeWorld({ deregistrationDelaySeconds: 120 });
    const { id } = addHealthy();
    elb.deregister(group.arn, id);
    await region.advance(119_999);
    expect(health(id)).toBe('draining');
    await region.advance(1);
    expect(health(id)).toBe('unused');
    expect(heard).toEqual([`${id} draining`, `${id} unused`]);
    expect(region.spans.at(-1)).toMatchObject({ kind: 'draining', subject: id });
    expect(elb.state).toMatchObject({ registrations: {}, applications: {} });
  });

  test('Begins anew when it is registered again while it drains', async () => {
    const { region, elb, group, addHealthy, health } = makeWorld();
    const { id } = addHealthy();
    elb.deregister(group.arn, id);
    await region.advance(100_000);
    elb.register(group.arn, id);
    expect(health(id)).toBe('initial');
    await region.advance(400_000);
    expect(health(id)).toBe('healthy');
  });

  test('Is unused as soon as its instance shuts down', () => {
    const { ec2, elb, group, addHealthy } = makeWorld();
    const { id } = addHealthy();
    ec2.terminate(id);
    expect(elb.state.targetGroups[group.arn]?.targets[id]).toMatchObject({
      state: 'unused',
      reason: 'Target.InvalidState',
    });
  });

  test('Is unused in a zone that the load balancer has not enabled', () => {
    const { elb, group, addInstance } = makeWorld({ zones: ['eu-west-1a'] });
    const { id } = addInstance(1);
    elb.register(group.arn, id);
    expect(elb.state.targetGroups[group.arn]?.targets[id]).toMatchObject({
      state: 'unused',
      reason: 'Target.NotInUse',
    });
  });
});
