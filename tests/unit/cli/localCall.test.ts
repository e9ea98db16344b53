import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCall } from '../../../cli/local/call';
import {
  Cloud,
  type CloudFactory,
  cloudOptions,
  openInThisThread,
  parseDescription,
  populate,
} from '@forseti/embedded-cloud';
import type { StoredCloud } from '@forseti/embedded-cloud/client';

const factory: CloudFactory = {
  buildHash: 'build',
  resetCommand: 'forseti local reset',
  make: async (given, seed) => {
    const description = parseDescription(given);
    const cloud = Cloud.make({ ...cloudOptions(description), seed });
    populate(cloud, description);
    return cloud;
  },
  restore: async (state) => Cloud.restore(state),
};

const description = { groups: { api: { instances: 2, max: 5 } } };

let folder: string;
let cloud: StoredCloud;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'forseti-call-'));
  const place = { file: join(folder, 'cloud.json'), holder: 'a test', fresh: { description } };
  cloud = await openInThisThread(place, factory);
});
afterEach(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true });
});

const call = (service: string, action: string, input: unknown = {}) =>
  makeCall(cloud, { service, action, input: typeof input === 'string' ? input : JSON.stringify(input) });
const read = async (...given: Parameters<typeof call>) => JSON.parse(await call(...given)) as unknown;

test('The command forseti local call does what an administrator does, and tells the answer as JSON.', async () => {
  const wanted = { AutoScalingGroupName: 'api', DesiredCapacity: 4 };
  expect(await read('autoscaling', 'SetDesiredCapacity', wanted)).toEqual({});
  await cloud.advance(300_000);
  expect(await read('auto-scaling', 'DescribeAutoScalingGroups')).toMatchObject({
    AutoScalingGroups: [
      { DesiredCapacity: 4, CreatedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string },
    ],
  });
});

test.each([
  ['elbv2', 'DescribeTargetGroups'],
  ['elastic-load-balancing-v2', 'DescribeTargetGroups'],
  ['sts', 'GetCallerIdentity'],
  ['ec2', 'DescribeInstances'],
  ['cloudwatch', 'DescribeAlarms'],
])('The command forseti local call knows %s %s, which takes nothing.', async (service, action) => {
  expect(await read(service, action)).toBeInstanceOf(Object);
});

test('The command forseti local call refuses what is not there with what is known.', async () => {
  await expect(call('autoscalin', 'SetDesiredCapacity')).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(
      /^There is no service autoscalin; did you mean autoscaling\? Known are: autoscaling, cloudtrail, cloudwatch, /,
    ) as string,
  });
  await expect(call('autoscaling', 'SetDesiredCapacities')).rejects.toThrow(
    /^There is no simulated action of autoscaling SetDesiredCapacities; did you mean SetDesiredCapacity\? Known are: /,
  );
  await expect(call('ec2', 'RunScheduledInstances')).rejects.toThrow('There is no simulated action of ec2');
  await expect(call('ec2', 'DescribeInstances', '{')).rejects.toThrow('The input is not JSON');
});

test('The command forseti local call refuses an input that the action does not take, and names all that is wrong.', async () => {
  await expect(
    call('autoscaling', 'SetDesiredCapacity', { Group: 'api', DesiredCapacity: '4' }),
  ).rejects.toMatchObject({
    name: 'UsageError',
    message: [
      'SetDesiredCapacity does not take this:',
      'Group is unknown; known are AutoScalingGroupName, DesiredCapacity, HonorCooldown.',
      'AutoScalingGroupName is missing.',
      'DesiredCapacity must be a number.',
    ].join('\n'),
  });
});

test('The command forseti local call is refused in the words of AWS.', async () => {
  const tooMany = { AutoScalingGroupName: 'api', DesiredCapacity: 40 };
  await expect(call('autoscaling', 'SetDesiredCapacity', tooMany)).rejects.toThrow(
    'New SetDesiredCapacity value 40 is above max value 5 for the AutoScalingGroup.',
  );
});
