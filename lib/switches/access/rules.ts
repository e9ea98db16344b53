import {
  AuthorizeSecurityGroupIngressCommand,
  type EC2Client,
  paginateDescribeSecurityGroupRules,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../../aws/failure';
import { tagList, tags } from '../../aws/tags';
import { switchTag } from '../base/ownTags';
import type { AccessItem, AccessMade } from './definition';
import { ruleDescription } from './requests';

/** Rules of a security group that are for just this port and block. */
export const rulesFor = async (
  ec2: EC2Client,
  { securityGroup, port, cidr }: AccessMade,
): Promise<SecurityGroupRule[]> => {
  const found: SecurityGroupRule[] = [];
  const filters = [{ Name: 'group-id', Values: [securityGroup] }];
  for await (const page of paginateDescribeSecurityGroupRules({ client: ec2 }, { Filters: filters }))
    found.push(...(page.SecurityGroupRules ?? []));
  return found.filter(
    (rule) =>
      rule.IsEgress !== true &&
      rule.IpProtocol === 'tcp' &&
      rule.FromPort === port &&
      rule.ToPort === port &&
      (rule.CidrIpv4 ?? rule.CidrIpv6) === cidr,
  );
};

/** Whether a rule was made for this switch. */
export const isOurs = (rule: SecurityGroupRule, item: AccessItem): boolean => {
  const has = (key: string, value: string) =>
    rule.Tags?.some(({ Key, Value }) => Key === key && Value === value) === true;
  return has(switchTag, item.switch) && has(tags.application, item.application);
};

/** @returns the id of the rule, made or adopted; or the rule of somebody else that stands in its place. */
export const authorize = async (
  ec2: EC2Client,
  item: AccessItem,
): Promise<{ readonly id: string } | { readonly stranger: SecurityGroupRule | undefined }> => {
  const { securityGroup, port, cidr } = item.made;
  const Description = ruleDescription(item);
  const source = cidr.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: cidr, Description }] }
    : { IpRanges: [{ CidrIp: cidr, Description }] };
  try {
    const { SecurityGroupRules: [rule] = [] } = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: securityGroup,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...source }],
        TagSpecifications: [
          {
            ResourceType: 'security-group-rule',
            Tags: tagList({ [tags.application]: item.application, [switchTag]: item.switch }),
          },
        ],
      }),
    );
    return { id: rule?.SecurityGroupRuleId ?? '' };
  } catch (error) {
    if (nameOf(error) !== 'InvalidPermission.Duplicate') throw error;
    const rules = await rulesFor(ec2, item.made);
    // An earlier try made it and died before it noted the id.
    const own = rules.find((rule) => isOurs(rule, item));
    return own ? { id: own.SecurityGroupRuleId ?? '' } : { stranger: rules[0] };
  }
};
