import type {
  DescribeInstancesResult,
  DescribeInstanceStatusResult,
  StopInstancesResult,
} from '@aws-sdk/client-ec2';
import { addInstance, makeWorld } from './world';

const statesSeen = (events: readonly { detailType: string; detail: unknown }[]) =>
  events
    .filter(({ detailType }) => detailType === 'EC2 Instance State-change Notification')
    .map(({ detail }) => (detail as { state: string }).state);

describe('An instance', () => {
  test('Boots, runs, shuts down and terminates, each step at its time, with its event and to its listeners', async () => {
    const { region, ec2, template } = makeWorld();
    const heard: string[] = [];
    const hear = (who: string) => ({
      instanceRunning: (id: string) => void heard.push(`${who} running ${id}`),
      instanceGone: (id: string) => void heard.push(`${who} gone ${id}`),
    });
    region.add('ssm', hear('ssm'));
    region.add('autoscaling', hear('autoscaling'));
    const { id } = ec2.launch({ launchTemplate: { id: template.id, version: 1 }, tags: {} });
    await region.advance(29_999);
    expect(ec2.instance(id)?.state).toBe('pending');
    await region.advance(1);
    expect(ec2.instance(id)).toMatchObject({ state: 'running', bootedAt: region.now() });
    ec2.terminate(id);
    expect(heard).toEqual([`ssm running ${id}`, `autoscaling running ${id}`, `ssm gone ${id}`]);
    await region.advance(40_000);
    expect(ec2.instance(id)?.state).toBe('terminated');
    expect(heard.at(-1)).toBe(`autoscaling gone ${id}`);
    expect(statesSeen(region.events)).toEqual(['pending', 'running', 'shutting-down', 'terminated']);
    expect(region.spans).toEqual([
      expect.objectContaining({ kind: 'boot', subject: id, endedAt: region.now() - 40_000 }),
    ]);
    await region.advance(3_600_000);
    expect(ec2.instance(id)).toBeUndefined();
  });

  test('Never runs when it was terminated while pending', async () => {
    const { region, ec2, template } = makeWorld();
    const { id } = ec2.launch({ launchTemplate: { id: template.id, version: 1 }, tags: {} });
    ec2.terminate(id);
    await region.advance(100_000);
    expect(statesSeen(region.events)).toEqual(['pending', 'shutting-down', 'terminated']);
  });

  test('Dies without anybody asking when its host fails', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    world.ec2.addDeath(id, 5_000);
    await world.region.advance(45_000);
    expect(world.ec2.instance(id)).toMatchObject({
      state: 'terminated',
      stateReason: { code: 'Server.InternalError' },
    });
  });

  test('Stops and starts again with the same id', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    const stopped = await world.send<StopInstancesResult>('StopInstances', { InstanceIds: [id] });
    expect(stopped.StoppingInstances?.[0]).toMatchObject({
      PreviousState: { Code: 16, Name: 'running' },
      CurrentState: { Code: 64, Name: 'stopping' },
    });
    await world.region.advance(40_000);
    expect(world.ec2.instance(id)?.state).toBe('stopped');
    await world.send('StartInstances', { InstanceIds: [id] });
    await world.region.advance(30_000);
    expect(world.ec2.instance(id)?.state).toBe('running');
  });

  test('Stays when it is protected from termination', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    await world.send('ModifyInstanceAttribute', { InstanceId: id, DisableApiTermination: { Value: true } });
    await expect(world.send('TerminateInstances', { InstanceIds: [id] })).rejects.toMatchObject({
      code: 'OperationNotPermitted',
    });
    expect(world.ec2.instance(id)?.state).toBe('running');
  });

  test('Is down until it has booted again after a reboot', async () => {
    const world = makeWorld();
    const rebooted: string[] = [];
    world.region.add('ssm', { instanceRebooted: (id: string) => void rebooted.push(id) });
    const { id } = addInstance(world);
    await world.send('RebootInstances', { InstanceIds: [id] });
    expect(world.ec2.instance(id)).toMatchObject({ state: 'running', bootedAt: world.region.now() + 30_000 });
    expect(rebooted).toEqual([id]);
  });
});

describe('DescribeInstances', () => {
  test('Finds by tag, wildcard and state together', async () => {
    const world = makeWorld();
    const wanted = addInstance(world, { 'acme:application': 'api' });
    addInstance(world, { 'acme:application': 'shop' });
    const going = addInstance(world, { 'acme:application': 'api' });
    world.ec2.terminate(going.id);
    const found = await world.send<DescribeInstancesResult>('DescribeInstances', {
      Filters: [
        { Name: 'tag:acme:application', Values: ['a*'] },
        { Name: 'instance-state-name', Values: ['pending', 'running'] },
      ],
    });
    const ids = found.Reservations?.flatMap(({ Instances = [] }) =>
      Instances.map(({ InstanceId }) => InstanceId),
    );
    expect(ids).toEqual([wanted.id]);
  });

  test('Pages through a fleet of 350', async () => {
    const world = makeWorld();
    for (let index = 0; index < 350; index += 1) addInstance(world);
    const seen = new Set<string | undefined>();
    let token: string | undefined;
    let pages = 0;
    do {
      const page: DescribeInstancesResult = await world.send('DescribeInstances', {
        MaxResults: 100,
        NextToken: token,
      });
      for (const { Instances = [] } of page.Reservations ?? []) {
        for (const { InstanceId } of Instances) seen.add(InstanceId);
      }
      token = page.NextToken;
      pages += 1;
    } while (token !== undefined);
    expect({ pages, instances: seen.size }).toEqual({ pages: 4, instances: 350 });
  });

  test.each([
    ['unknown ids, naming them', { InstanceIds: ['i-00000000000000abc'] }, 'InvalidInstanceID.NotFound'],
    ['a malformed id', { InstanceIds: ['i-xyz'] }, 'InvalidInstanceID.Malformed'],
    ['an unknown filter', { Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue'],
    ['a page of four', { MaxResults: 4 }, 'InvalidParameterValue'],
    ['a token of its own invention', { NextToken: 'bm9uc2Vuc2U' }, 'InvalidNextToken'],
  ])('Refuses %s', async (_what, input, code) => {
    const { send } = makeWorld();
    await expect(send('DescribeInstances', input)).rejects.toMatchObject({ code });
  });
});

describe('DescribeInstanceStatus', () => {
  test('Lists scheduled events, and instances that do not run only when asked to', async () => {
    const world = makeWorld();
    const running = addInstance(world);
    const stopped = addInstance(world);
    await world.send('StopInstances', { InstanceIds: [stopped.id] });
    const notBefore = world.region.now() + 86_400_000;
    world.ec2.addMaintenanceEvent(running.id, {
      code: 'system-reboot',
      description: 'The instance is scheduled for a reboot',
      notBefore,
    });
    const some = await world.send<DescribeInstanceStatusResult>('DescribeInstanceStatus', {});
    expect(some.InstanceStatuses).toHaveLength(1);
    expect(some.InstanceStatuses?.[0]).toMatchObject({
      InstanceId: running.id,
      InstanceStatus: { Status: 'ok' },
      Events: [{ Code: 'system-reboot', NotBefore: new Date(notBefore) }],
    });
    const all = await world.send<DescribeInstanceStatusResult>('DescribeInstanceStatus', {
      IncludeAllInstances: true,
    });
    expect(all.InstanceStatuses).toHaveLength(2);
  });
});
