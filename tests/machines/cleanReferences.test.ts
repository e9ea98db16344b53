/** What a clean leaves alone, since something beside Forseti launches from it. */
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RequestSpotFleetCommand,
  RequestSpotInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError } from '@forseti/embedded-cloud';
import type { Release } from '../../lib/engine/releases';
import type { CleanAnswer } from '../../lib/cleaning/request';
import { ask, minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { savedStack } from './support/commandLine';
import { releasesOf } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const setUp = savedStack(async () => {
  const stack = await startTestStack({
    group: { instances: 2 },
    settings: {
      strategy: 'golden-instance',
      rollout: { strategy: 'instance-refresh', bakeMinutes: 0 },
      image: { keep: 5 },
    },
  });
  for (const version of ['v2', 'v3', 'v4'])
    expect((await stack.deploy({ application: 'api', version }, `to-${version}`)).outcome).toBe('Deployed');
  await stack.cloud.advance(2 * minuteMs);
  return stack;
});

const clean = async (stack: TestStack): Promise<CleanAnswer> =>
  (await ask(stack, 'Clean', { application: 'api', keep: 2, by: 'ada' })) as CleanAnswer;

const releaseV2 = async (stack: TestStack): Promise<Release> => {
  const found = (await releasesOf(stack)).find(({ version }) => version === 'v2');
  if (!found) throw new Error('There is no release v2.');
  return found;
};

const imagesLeft = (stack: TestStack): string[] =>
  Object.keys(stack.cloud.region('eu-west-1').service('ec2').state.images);

const parameter = async (stack: TestStack, Value: string, more: object = {}) =>
  stack.session.connect(SSMClient).send(
    new PutParameterCommand({
      Name: '/batch/image',
      Value,
      Type: 'String',
      DataType: 'aws:ec2:image',
      Overwrite: true,
      ...more,
    }),
  );

const template = async (stack: TestStack, data: object) => {
  const { LaunchTemplate: made } = await stack.session.connect(EC2Client).send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'batch',
      LaunchTemplateData: { InstanceType: 'm5.large', ...data },
    }),
  );
  return made?.LaunchTemplateId ?? '';
};

/** Another team's, of a policy whose first override has something of its own. */
const mixedGroup = async (stack: TestStack, override: object) =>
  stack.session.connect(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'batch',
      MinSize: 0,
      MaxSize: 4,
      AvailabilityZones: ['eu-west-1a'],
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: {
            LaunchTemplateId: await template(stack, { ImageId: imagesLeft(stack)[0] }),
            Version: '1',
          },
          Overrides: [{ InstanceType: 'm5.large', ...override }],
        },
      },
    }),
  );

const snapshotOf = async (stack: TestStack): Promise<string> => {
  const { Snapshots: [found] = [] } = await stack.session
    .connect(EC2Client)
    .send(new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:forseti:version', Values: ['v2'] }] }));
  return found?.SnapshotId ?? '';
};

type Reference = (stack: TestStack, release: Release) => Promise<unknown>;

const launch = (ImageId: string) => ({ ImageId, InstanceType: 'm5.large' as const });

const references: [string, Reference, RegExp][] = [
  [
    'a launch template that names the image by a parameter',
    async (stack, { image }) => {
      await parameter(stack, image);
      await template(stack, { ImageId: 'resolve:ssm:/batch/image' });
    },
    /named by launch template version lt-\w+:1 \(not made by Forseti\)|used by parameter \/batch\/image/,
  ],
  [
    'a launch template that names an older version of the parameter',
    async (stack, { image }) => {
      await parameter(stack, image);
      await parameter(stack, imagesLeft(stack)[0] ?? '');
      await template(stack, { ImageId: 'resolve:ssm:/batch/image:1' });
    },
    /named by launch template version lt-\w+:1 \(not made by Forseti\)/,
  ],
  [
    'an older version of a launch template',
    async (stack, { image }) => {
      const id = await template(stack, { ImageId: image });
      await stack.session.connect(EC2Client).send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: id,
          LaunchTemplateData: launch(imagesLeft(stack)[0] ?? ''),
        }),
      );
    },
    /named by launch template version lt-\w+:1 \(not made by Forseti\)/,
  ],
  ['a parameter alone', (stack, { image }) => parameter(stack, image), /used by parameter \/batch\/image/],
  [
    'a launch configuration',
    (stack, { image }) =>
      stack.session
        .connect(AutoScalingClient)
        .send(new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'old', ...launch(image) })),
    /used by launch configuration old/,
  ],
  [
    'an override of a group',
    (stack, { image }) => mixedGroup(stack, { ImageId: image }),
    /used by group batch/,
  ],
  [
    'a Spot request',
    (stack, { image }) =>
      stack.session
        .connect(EC2Client)
        .send(new RequestSpotInstancesCommand({ Type: 'persistent', LaunchSpecification: launch(image) })),
    /used by Spot request sir-/,
  ],
  [
    'a Spot Fleet',
    (stack, { image }) =>
      stack.session.connect(EC2Client).send(
        new RequestSpotFleetCommand({
          SpotFleetRequestConfig: {
            IamFleetRole: 'arn:aws:iam::111122223333:role/fleet',
            TargetCapacity: 1,
            LaunchSpecifications: [launch(image)],
          },
        }),
      ),
    /used by Spot Fleet sfr-/,
  ],
  [
    'an EC2 Fleet on our launch template version',
    (stack, { launchTemplate: { id, version } }) =>
      stack.session.connect(EC2Client).send(
        new CreateFleetCommand({
          TargetCapacitySpecification: { TotalTargetCapacity: 1 },
          LaunchTemplateConfigs: [
            { LaunchTemplateSpecification: { LaunchTemplateId: id, Version: version } },
          ],
        }),
      ),
    /named by launch template version lt-\w+:\d+ \(used by EC2 Fleet fleet-/,
  ],
  [
    'a launch template that makes a volume of its snapshot',
    async (stack) =>
      template(stack, {
        BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: await snapshotOf(stack) } }],
      }),
    /snap-\w+ is named by launch template version lt-\w+:1 \(not made by Forseti\)/,
  ],
];

test('Without a reference the image goes', async () => {
  const { stack } = await setUp();
  const { image } = await releaseV2(stack);
  expect((await clean(stack)).done).toBe(true);
  expect(imagesLeft(stack)).not.toContain(image);
  expect(refusedByIam(stack)).toEqual([]);
});

test.each(references)(
  'An image stays, with the reason, as long as it is named by %s',
  async (_, refer, why) => {
    const { stack } = await setUp();
    const release = await releaseV2(stack);
    await refer(stack, release);
    const { cleaned } = await clean(stack);
    expect(imagesLeft(stack)).toContain(release.image);
    expect(cleaned[0]?.kept).toContainEqual({
      what: `image ${release.image} in eu-west-1`,
      why: expect.stringMatching(why) as string,
    });
    expect(refusedByIam(stack)).toEqual([]);
  },
);

const reads = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeLaunchConfigurations',
  'ec2:DescribeFleets',
  'ec2:DescribeImageReferences',
  'ec2:DescribeImages',
  'ec2:DescribeInstances',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSpotFleetRequests',
  'ec2:DescribeSpotInstanceRequests',
  'ssm:DescribeParameters',
  'ssm:GetParameters',
];

test.each(reads)('Where %s is refused, nothing is deleted, and the answer says why', async (read) => {
  const { stack } = await setUp();
  await parameter(stack, imagesLeft(stack)[0] ?? '');
  const images = imagesLeft(stack);
  stack.cloud.faults = {
    call: ({ service, action }) =>
      `${service}:${action}` === read ? { before: new AwsError('AccessDenied', 'Not for you.') } : undefined,
  };
  const answer = await clean(stack);
  expect(answer.done).toBe(false);
  expect(answer.message).toMatch(
    /nothing is deleted, .* of eu-west-1 \(AccessDenied: Not for you\.\)|group api \(AccessDenied/,
  );
  expect(answer.cleaned[0]).toMatchObject({ deleted: [], releases: [] });
  expect(imagesLeft(stack)).toEqual(images);
  expect((await releasesOf(stack)).every(({ cleanedAt }) => cleanedAt === undefined)).toBe(true);
});
