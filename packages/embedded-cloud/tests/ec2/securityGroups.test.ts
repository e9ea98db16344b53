import type {
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsResult,
} from '@aws-sdk/client-ec2';
import { makeWorld } from './world';

const stand = () => {
  const world = makeWorld();
  const group = world.ec2.addSecurityGroup({ name: 'web' });
  const ssh = (cidr: string, more: object = {}) => ({
    GroupId: group.id,
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: cidr, Description: 'ada' }],
        ...more,
      },
    ],
  });
  return { ...world, group, ssh };
};
const tagged = {
  TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'k', Value: 'v' }] }],
};

test('A rule is authorized with its tags, found by them, and revoked by its id', async () => {
  const { send, ssh, group } = stand();
  const { SecurityGroupRules: [made] = [] } = await send<AuthorizeSecurityGroupIngressResult>(
    'AuthorizeSecurityGroupIngress',
    { ...ssh('203.0.113.7/32'), ...tagged },
  );
  expect(made).toMatchObject({
    CidrIpv4: '203.0.113.7/32',
    FromPort: 22,
    Description: 'ada',
    IsEgress: false,
  });
  const filters = (value: string) => ({
    Filters: [
      { Name: 'group-id', Values: [group.id] },
      { Name: 'tag:k', Values: [value] },
    ],
  });
  const found = await send<DescribeSecurityGroupRulesResult>('DescribeSecurityGroupRules', filters('v'));
  expect(found.SecurityGroupRules).toEqual([made]);
  expect(
    (await send<DescribeSecurityGroupRulesResult>('DescribeSecurityGroupRules', filters('x')))
      .SecurityGroupRules,
  ).toEqual([]);
  const { SecurityGroups: [shown] = [] } = await send<DescribeSecurityGroupsResult>(
    'DescribeSecurityGroups',
    { GroupIds: [group.id] },
  );
  expect(shown?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 22, IpRanges: [{ CidrIp: '203.0.113.7/32' }] },
  ]);
  const revoke = { GroupId: group.id, SecurityGroupRuleIds: [made?.SecurityGroupRuleId] };
  await send('RevokeSecurityGroupIngress', revoke);
  await expect(send('RevokeSecurityGroupIngress', revoke)).rejects.toMatchObject({
    code: 'InvalidSecurityGroupRuleId.NotFound',
  });
});

test('Revoked by what it says it is gone too; what is not there is refused', async () => {
  const { send, ssh } = stand();
  await send('AuthorizeSecurityGroupIngress', ssh('203.0.113.7/32'));
  await send('RevokeSecurityGroupIngress', ssh('203.0.113.7/32'));
  await expect(send('RevokeSecurityGroupIngress', ssh('203.0.113.7/32'))).rejects.toMatchObject({
    code: 'InvalidPermission.NotFound',
  });
});

test('The same rule with another description is a duplicate, and nothing of the call is done', async () => {
  const { send, ssh } = stand();
  await send('AuthorizeSecurityGroupIngress', ssh('203.0.113.7/32'));
  const two = ssh('203.0.113.8/32', {
    IpRanges: [{ CidrIp: '203.0.113.8/32' }, { CidrIp: '203.0.113.7/32', Description: 'bob' }],
  });
  await expect(send('AuthorizeSecurityGroupIngress', two)).rejects.toMatchObject({
    code: 'InvalidPermission.Duplicate',
    message:
      'the specified rule "peer: 203.0.113.7/32, TCP, from port: 22, to port: 22, ALLOW" already exists',
  });
  const { SecurityGroupRules: rules } = await send<DescribeSecurityGroupRulesResult>(
    'DescribeSecurityGroupRules',
    {},
  );
  expect(rules).toHaveLength(1);
});

test.each([
  ['a block that is none', { IpRanges: [{ CidrIp: '203.0.113/32' }] }, 'InvalidParameterValue'],
  ['a port that there is not', { FromPort: 22, ToPort: 70_000 }, 'InvalidParameterValue'],
  [
    'a description with quotes',
    { IpRanges: [{ CidrIp: '203.0.113.7/32', Description: '"x"' }] },
    'InvalidParameterValue',
  ],
])('EC2 refuses %s', async (_what, more, code) => {
  const { send, ssh } = stand();
  await expect(send('AuthorizeSecurityGroupIngress', ssh('203.0.113.7/32', more))).rejects.toMatchObject({
    code,
  });
});

test('A group holds 60 rules of IPv4, and as many of IPv6', async () => {
  const { send, ssh } = stand();
  for (let index = 0; index < 60; index += 1)
    await send('AuthorizeSecurityGroupIngress', ssh(`203.0.113.${String(index)}/32`));
  await expect(send('AuthorizeSecurityGroupIngress', ssh('203.0.114.1/32'))).rejects.toMatchObject({
    code: 'RulesPerSecurityGroupLimitExceeded',
  });
  await send(
    'AuthorizeSecurityGroupIngress',
    ssh('', { IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '2001:db8::/64' }] }),
  );
});

test('An unknown group is refused, and a dry run changes nothing', async () => {
  const { send, ssh } = stand();
  await expect(
    send('AuthorizeSecurityGroupIngress', { ...ssh('203.0.113.7/32'), GroupId: 'sg-00000000000000abc' }),
  ).rejects.toMatchObject({ code: 'InvalidGroup.NotFound' });
  await expect(
    send('AuthorizeSecurityGroupIngress', { ...ssh('203.0.113.7/32'), DryRun: true }),
  ).rejects.toMatchObject({ code: 'DryRunOperation' });
  expect(
    (await send<DescribeSecurityGroupRulesResult>('DescribeSecurityGroupRules', {})).SecurityGroupRules,
  ).toEqual([]);
});

test('Authorizing asks for the group, and for tagging rules at creation; revoking for the group', () => {
  const { requires, ssh, group } = stand();
  const arn = `arn:aws:ec2:eu-west-1:123456789012:security-group/${group.id}`;
  expect(requires('AuthorizeSecurityGroupIngress', { ...ssh('203.0.113.7/32'), ...tagged })).toMatchObject([
    { action: 'ec2:AuthorizeSecurityGroupIngress', resource: arn },
    {
      action: 'ec2:CreateTags',
      resource: 'arn:aws:ec2:eu-west-1:123456789012:security-group-rule/*',
      context: { 'ec2:createaction': 'AuthorizeSecurityGroupIngress', 'aws:requesttag/k': 'v' },
    },
  ]);
  expect(requires('RevokeSecurityGroupIngress', ssh('203.0.113.7/32'))).toMatchObject([
    { action: 'ec2:RevokeSecurityGroupIngress', resource: arn },
  ]);
});
