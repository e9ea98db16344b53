import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { launchBuilder } from '../../../lib/provisioning/builder';
import { contextOf, effectOf, saving } from '../compensation/fakeContext';
import { builderEffect } from '../../../lib/provisioning/builderEffect';

const autoScaling = mockClient(AutoScalingClient);
const ec2 = mockClient(EC2Client);
const clients = {
  autoScaling: new AutoScalingClient({ region: 'eu-west-1' }),
  ec2: new EC2Client({ region: 'eu-west-1' }),
  ssm: new SSMClient({ region: 'eu-west-1' }),
};
const intended = effectOf(builderEffect, {
  target: 'api-v2-1',
  before: null,
  wrote: {},
  state: 'intended',
});
const instances = (...found: object[]) =>
  ec2.on(DescribeInstancesCommand).resolves({ Reservations: [{ Instances: found }] });
const launch = (effects = [intended]) => {
  const memo = {};
  return launchBuilder(contextOf({ effects }), memo, saving(memo), clients).then(() => memo);
};

beforeEach(() => {
  autoScaling.reset();
  ec2.reset();
  autoScaling.on(DescribeAutoScalingGroupsCommand).resolves({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        VPCZoneIdentifier: 'subnet-a,subnet-b',
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' },
      } as never,
    ],
  });
  ec2.on(DescribeLaunchTemplateVersionsCommand).resolves({ LaunchTemplateVersions: [] });
  ec2.on(RunInstancesCommand).resolves({ Instances: [{ InstanceId: 'i-new' }] });
});

describe('A death between the launch of a builder and its note', () => {
  test('The retry adopts the builder that runs, in whatever subnet there was capacity', async () => {
    instances({ InstanceId: 'i-builder', State: { Name: 'pending' } });
    expect(await launch()).toMatchObject({ instance: 'i-builder' });
    expect(ec2.commandCalls(RunInstancesCommand)).toHaveLength(0);
  });

  test('The retry does not take a member of a group for the builder', async () => {
    const Tags = [{ Key: 'aws:autoscaling:groupName', Value: 'web' }];
    instances({ InstanceId: 'i-1', State: { Name: 'pending' }, Tags });
    expect(await launch()).toMatchObject({ instance: 'i-new' });
    expect(ec2.commandCalls(RunInstancesCommand)).toHaveLength(1);
  });
});

test('The builder is launched at once if there was no earlier try', async () => {
  instances({ InstanceId: 'i-new', State: { Name: 'pending' } });
  expect(await launch([])).toMatchObject({ instance: 'i-new' });
  expect(ec2.commandCalls(RunInstancesCommand)).toHaveLength(1);
});
