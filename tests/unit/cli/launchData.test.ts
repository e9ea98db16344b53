import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { launchData, type SourceInstance } from '../../../cli/init/launchData';

const source: SourceInstance = {
  image: 'ami-00000000000000002',
  securityGroups: ['sg-1', 'sg-2'],
  hasPublicAddress: false,
  tags: { Name: 'shop', 'aws:cloudformation:stack-name': 'old', 'forseti:deployment': 'another' },
};
const named = { application: 'shop', version: 'v3', deployment: 'shop-init' };

test("The launch data repeats an instance's settings except those that only one instance can have", () => {
  const told = {
    ImageId: 'ami-00000000000000001',
    InstanceType: 'm5.large',
    KeyName: 'ops',
    UserData: 'IyEvYmluL3No',
    EbsOptimized: true,
    IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/shop' },
    Monitoring: { Enabled: true },
    CreditSpecification: { CpuCredits: 'unlimited' },
    MetadataOptions: { State: 'applied', HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
    Placement: { AvailabilityZone: 'eu-west-1a' },
    NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: 'subnet-1', PrivateIpAddress: '10.0.0.7' }],
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: 'snap-1' } }],
  } satisfies ResponseLaunchTemplateData;
  expect(launchData(told, source, named)).toEqual({
    ImageId: 'ami-00000000000000002',
    InstanceType: 'm5.large',
    KeyName: 'ops',
    UserData: 'IyEvYmluL3No',
    EbsOptimized: true,
    IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/shop' },
    Monitoring: { Enabled: true },
    CreditSpecification: { CpuCredits: 'unlimited' },
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
    SecurityGroupIds: ['sg-1', 'sg-2'],
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'Name', Value: 'shop' },
          { Key: 'forseti:application', Value: 'shop' },
          { Key: 'forseti:version', Value: 'v3' },
          { Key: 'forseti:deployment', Value: 'shop-init' },
        ],
      },
    ],
  });
});

test('With a public address, the security groups are in the network interface and nowhere else', () => {
  const data = launchData({ InstanceType: 't3.micro' }, { ...source, hasPublicAddress: true }, named);
  expect(data.NetworkInterfaces).toEqual([
    { DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['sg-1', 'sg-2'] },
  ]);
  expect(data).not.toHaveProperty('SecurityGroupIds');
});
