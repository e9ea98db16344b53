import type { Activity } from '@aws-sdk/client-auto-scaling';
import { Cloud } from '../../src/cloud/cloud';
import { populate as fill, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

/** The newest activity after a third instance was asked for. */
const failureIn = async (
  description: object,
  before: (cloud: Cloud) => void = () => undefined,
): Promise<Activity | undefined> => {
  const parsed = parseDescription({
    groups: { api: { instances: 2, max: 5, zones: ['eu-west-1a', 'eu-west-1b'] } },
    ...description,
  });
  const cloud = Cloud.make(cloudOptions(parsed));
  fill(cloud, parsed);
  before(cloud);
  const answer = (action: string, input: object) =>
    cloud.run(() =>
      cloud.answer(cloud.home, cloud.person(), 'autoscaling', action, {
        AutoScalingGroupName: 'api',
        ...input,
      }),
    );
  await answer('SetDesiredCapacity', { DesiredCapacity: 3 });
  await cloud.advance(1_000);
  const { Activities } = (await answer('DescribeScalingActivities', {})) as { Activities: Activity[] };
  return Activities[0];
};

test.each<[string, object, ((cloud: Cloud) => void) | undefined, RegExp]>([
  [
    'no capacity',
    { capacity: [{ remaining: 0 }] },
    undefined,
    /InsufficientInstanceCapacity - We currently do not have sufficient m5\.large capacity in the Availability Zone you requested \(eu-west-1b\)\. .*Launching EC2 instance failed\.$/,
  ],
  [
    'no quota left',
    { quotas: { 'L-1216C47A': 4 } },
    undefined,
    /VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 4 allows .*Launching EC2 instance failed\.$/,
  ],
  [
    'an image that is gone',
    {},
    (cloud) => {
      const { state } = cloud.region(cloud.home).service('ec2');
      for (const id of Object.keys(state.images)) delete state.images[id];
    },
    /InvalidAMIID\.NotFound - The image id '\[ami-[0-9a-f]+\]' does not exist Launching EC2 instance failed\.$/,
  ],
])('A launch with %s says so.', async (_, description, before, message) => {
  expect(await failureIn(description, before)).toMatchObject({
    StatusCode: 'Failed',
    Description: 'Launching a new EC2 instance',
    Cause: expect.stringMatching(
      /^At \S+Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3\.$/,
    ) as string,
    StatusMessage: expect.stringMatching(message) as string,
  });
});
