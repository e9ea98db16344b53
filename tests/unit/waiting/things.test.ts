import { resourceKeyOf } from '../../../lib/engine/waiting/resourceKeys';

test.each([
  [{ source: 'aws.ec2', detail: { ImageId: 'ami-1', State: 'available' } }, 'image#ami-1'],
  [{ source: 'aws.ssm', detail: { 'command-id': 'c-1', status: 'Success' } }, 'command#c-1'],
  [{ source: 'aws.autoscaling', detail: { InstanceRefreshId: 'r-1' } }, 'refresh#r-1'],
  [
    { source: 'aws.autoscaling', detail: { InstanceRefreshId: 'r-1', AutoScalingGroupName: 'api' } },
    'refresh#r-1',
  ],
  [{ source: 'aws.autoscaling', detail: { AutoScalingGroupName: 'api', EC2InstanceId: 'i-1' } }, 'group#api'],
  [{ source: 'aws.health', detail: {} }, undefined],
  [{ source: 'aws.ec2', detail: {} }, undefined],
  [{}, undefined],
])('The resource keys of the event %j are %s', (event, resourceKey) => {
  expect(resourceKeyOf(event)).toBe(resourceKey);
});
