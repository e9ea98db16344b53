import type { DescribeInstancesResult } from '@aws-sdk/client-ec2';
import { addInstance, makeWorld } from './world';

describe("EC2's state", () => {
  test('Is plain JSON that can be put back as a whole', async () => {
    const world = makeWorld();
    const { id } = addInstance(world);
    const saved = JSON.parse(JSON.stringify(world.ec2.state)) as typeof world.ec2.state;
    expect(saved).toEqual(world.ec2.state);
    world.ec2.terminate(id);
    world.ec2.state = saved;
    expect(world.ec2.instance(id)?.state).toBe('running');
    const found = await world.send<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] });
    expect(found.Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
  });
});
