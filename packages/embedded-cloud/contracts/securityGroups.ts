import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { type Contract, contractsOf, differs } from './contract';

const Client = EC2Client;

const contract = contractsOf('ec2');

const opening = (port: number) => [
  {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: '203.0.113.7/32', Description: 'ada until noon' }],
  },
];

interface Rule {
  readonly SecurityGroupRuleId: string;
  readonly FromPort: number;
  readonly CidrIpv4?: string;
  readonly IsEgress: boolean;
}

const ofPort = (rules: readonly Rule[], port: number): readonly Rule[] =>
  rules.filter(({ FromPort, IsEgress }) => FromPort === port && !IsEgress);

export const securityGroups: readonly Contract[] = [
  contract('opens a port, tells its rule, and closes it by the rule’s id', async (world) => {
    const { securityGroupId: GroupId } = await world.host.ground();
    const opened = await world.see(
      Client,
      new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: opening(2201) }),
      {
        Return: true,
        SecurityGroupRules: [{ SecurityGroupRuleId: /^sgr-[\da-f]+$/, GroupId, FromPort: 2201 }],
      },
    );
    const ids = opened.SecurityGroupRules?.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId) ?? [];
    const ask = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] });
    await world.see(Client, ask, {
      SecurityGroupRules: (rules: Rule[]) =>
        ofPort(rules, 2201).length === 1 && ofPort(rules, 2201)[0]?.CidrIpv4 === '203.0.113.7/32',
    });
    const close = new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids });
    await world.see(Client, close, { Return: true });
    await world.see(Client, ask, { SecurityGroupRules: (rules: Rule[]) => ofPort(rules, 2201).length === 0 });
  }),
  contract(
    'opens nothing twice',
    async (world) => {
      const { securityGroupId: GroupId } = await world.host.ground();
      const open = new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: opening(2202) });
      await world.send(Client, open);
      await world.refused(Client, open, { error: 'InvalidPermission.Duplicate' });
    },
    differs(
      'ministack',
      'AuthorizeSecurityGroupIngress',
      'opens it again',
      'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
    ),
  ),
  contract('knows no security group that is not there', async (world) => {
    const none = { GroupId: 'sg-00000000000000000', IpPermissions: opening(22) };
    const error = 'InvalidGroup.NotFound';
    await world.refused(Client, new AuthorizeSecurityGroupIngressCommand(none), { error });
    await world.refused(Client, new RevokeSecurityGroupIngressCommand(none), { error });
  }),
  contract('tells a subnet’s zone and how many addresses are free', async (world) => {
    const { subnetIds } = await world.host.ground();
    const [SubnetId = ''] = subnetIds;
    await world.see(Client, new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }), {
      Subnets: [
        {
          SubnetId,
          AvailabilityZone: /^eu-west-1[a-z]$/,
          AvailableIpAddressCount: (count: number) => count > 0,
        },
      ],
    });
    const none = new DescribeSubnetsCommand({ SubnetIds: ['subnet-00000000000000000'] });
    await world.refused(Client, none, { error: 'InvalidSubnetID.NotFound' });
  }),
];
