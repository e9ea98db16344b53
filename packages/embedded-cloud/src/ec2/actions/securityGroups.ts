import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroupRule as ApiRule,
} from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import { refuseDryRun, requireAll } from '../errors';
import { filterOf, type Fields } from '../filters';
import { pageOf } from '../paging';
import { ec2Arn, onEverything } from '../resources';
import { rulesOf } from '../securityGroupRules';
import type { SecurityGroup, SecurityGroupRule } from '../state';
import { toTagList } from '../tags';

export const ruleOutput = (region: Region, rule: SecurityGroupRule): ApiRule => ({
  SecurityGroupRuleId: rule.id,
  SecurityGroupRuleArn: ec2Arn(region, 'security-group-rule', rule.id),
  GroupId: rule.groupId,
  GroupOwnerId: region.account,
  IsEgress: false,
  IpProtocol: rule.protocol,
  FromPort: rule.fromPort,
  ToPort: rule.toPort,
  ...(rule.cidrIpv4 !== undefined && { CidrIpv4: rule.cidrIpv4 }),
  ...(rule.cidrIpv6 !== undefined && { CidrIpv6: rule.cidrIpv6 }),
  ...(rule.sourceGroupId !== undefined && {
    ReferencedGroupInfo: { GroupId: rule.sourceGroupId, UserId: region.account },
  }),
  ...(rule.description !== undefined && { Description: rule.description }),
  Tags: toTagList(rule.tags),
});

const groupFields: Fields<SecurityGroup> = {
  'group-id': ({ id }) => id,
  'group-name': ({ name }) => name,
  'vpc-id': ({ vpcId }) => vpcId,
};

/** Combines rules with the same protocol and ports into one permission. */
const permissionsOf = (rules: readonly SecurityGroupRule[]): IpPermission[] => {
  const grouped = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.protocol}/${String(rule.fromPort)}/${String(rule.toPort)}`;
    grouped.set(key, [...(grouped.get(key) ?? []), rule]);
  }
  const withDescription = ({ description }: SecurityGroupRule) =>
    description === undefined ? {} : { Description: description };
  return [...grouped.values()].map((same) => ({
    IpProtocol: same[0]?.protocol,
    ...(same[0] && same[0].fromPort >= 0 && { FromPort: same[0].fromPort, ToPort: same[0].toPort }),
    IpRanges: same.flatMap((rule) =>
      rule.cidrIpv4 === undefined ? [] : { CidrIp: rule.cidrIpv4, ...withDescription(rule) },
    ),
    Ipv6Ranges: same.flatMap((rule) =>
      rule.cidrIpv6 === undefined ? [] : { CidrIpv6: rule.cidrIpv6, ...withDescription(rule) },
    ),
    UserIdGroupPairs: same.flatMap((rule) =>
      rule.sourceGroupId === undefined ? [] : { GroupId: rule.sourceGroupId, ...withDescription(rule) },
    ),
    PrefixListIds: [],
  }));
};

export const describeSecurityGroups: Action<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = {
  requires: onEverything('ec2:DescribeSecurityGroups'),
  run(input, region) {
    const { state } = region.service('ec2');
    const { securityGroups } = state;
    const { GroupIds: ids = [] } = input;
    const asked =
      ids.length === 0 ? Object.values(securityGroups) : requireAll('securityGroup', securityGroups, ids);
    const found = asked.filter(filterOf(input.Filters, groupFields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    const output = items.map((group) => ({
      GroupId: group.id,
      GroupName: group.name,
      Description: group.description,
      VpcId: group.vpcId,
      OwnerId: region.account,
      IpPermissions: permissionsOf(rulesOf(state, group.id)),
      IpPermissionsEgress: [],
      Tags: toTagList(group.tags),
    }));
    return { SecurityGroups: output, NextToken: nextToken };
  },
};

const ruleFields: Fields<SecurityGroupRule> = {
  'group-id': ({ groupId }) => groupId,
  'security-group-rule-id': ({ id }) => id,
};

/** Lists ingress rules only: egress is not modelled. */
export const describeSecurityGroupRules: Action<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
> = {
  requires: onEverything('ec2:DescribeSecurityGroupRules'),
  run(input, region) {
    const { state } = region.service('ec2');
    const { SecurityGroupRuleIds: ids = [] } = input;
    const asked =
      ids.length === 0
        ? rulesOf(state)
        : requireAll('securityGroupRule', state.securityGroupRules ?? {}, ids);
    const found = asked.filter(filterOf(input.Filters, ruleFields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    return { SecurityGroupRules: items.map((rule) => ruleOutput(region, rule)), NextToken: nextToken };
  },
};
