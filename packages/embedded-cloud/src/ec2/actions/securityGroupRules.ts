import type {
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { missingParameter, refuseDryRun, requireAll, requireOne } from '../errors';
import { onExisting, taggingAtCreation } from '../resources';
import {
  addRule,
  duplicate,
  isSame,
  maxRules,
  noSuchRule,
  removeRule,
  rulesOf,
  type WantedRule,
  wantedRules,
} from '../securityGroupRules';
import type { Ec2State, SecurityGroupRule } from '../state';
import { checkTagSpecifications, tagsFor } from '../tags';
import { ruleOutput } from './securityGroups';

/**
 * Authorizing and revoking need a permission on the security group. Tags at creation need one on the rule (example
 * in the IAM user guide).
 */
const onGroup = (action: string) => (input: { readonly GroupId?: string | undefined }, region: Region) => [
  onExisting(region, region.service('ec2').state, action, 'securityGroup', input.GroupId ?? '*'),
];

/** @throws AwsError InvalidPermission.Duplicate, RulesPerSecurityGroupLimitExceeded */
const checkRoom = (state: Ec2State, groupId: string, wanted: readonly WantedRule[]): void => {
  const present = rulesOf(state, groupId);
  const again = wanted.find(
    (one, index) =>
      present.some((other) => isSame(one, other)) ||
      wanted.slice(0, index).some((other) => isSame(one, other)),
  );
  if (again) throw duplicate(again);
  const count = (isV6: boolean) =>
    [...present, ...wanted].filter(({ cidrIpv6 }) => (cidrIpv6 !== undefined) === isV6).length;
  if (count(false) > maxRules || count(true) > maxRules)
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
};

/** Adds all rules or none. */
export const authorizeSecurityGroupIngress: Action<
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult
> = {
  requires: (input, region) => [
    ...onGroup('ec2:AuthorizeSecurityGroupIngress')(input, region),
    ...taggingAtCreation(region, 'AuthorizeSecurityGroupIngress', input.TagSpecifications),
  ],
  run(input, region) {
    const { state } = region.service('ec2');
    const group = requireOne('securityGroup', state.securityGroups, input.GroupId, 'GroupId');
    checkTagSpecifications(input.TagSpecifications, ['security-group-rule']);
    const wanted = wantedRules(input.IpPermissions);
    checkRoom(state, group.id, wanted);
    refuseDryRun(input.DryRun);
    const tags = tagsFor(input.TagSpecifications, 'security-group-rule');
    const made = wanted.map((rule) =>
      addRule(state, { id: region.newId('sgr-'), groupId: group.id, ...rule, tags: { ...tags } }),
    );
    return { Return: true, SecurityGroupRules: made.map((rule) => ruleOutput(region, rule)) };
  },
};

const revoked = (state: Ec2State, input: RevokeSecurityGroupIngressRequest): SecurityGroupRule[] => {
  const groupId = input.GroupId ?? '';
  if (input.SecurityGroupRuleIds !== undefined && input.SecurityGroupRuleIds.length > 0) {
    const rules = requireAll('securityGroupRule', state.securityGroupRules ?? {}, input.SecurityGroupRuleIds);
    if (rules.some((rule) => rule.groupId !== groupId)) throw noSuchRule();
    return rules;
  }
  if (input.IpPermissions === undefined) throw missingParameter('SecurityGroupRuleIds');
  return wantedRules(input.IpPermissions).map((one) => {
    const found = rulesOf(state, groupId).find((other) => isSame(one, other));
    if (!found) throw noSuchRule();
    return found;
  });
};

/** Removes rules by their ids or by their content: all or none. */
export const revokeSecurityGroupIngress: Action<
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult
> = {
  requires: onGroup('ec2:RevokeSecurityGroupIngress'),
  run(input, region) {
    const { state } = region.service('ec2');
    requireOne('securityGroup', state.securityGroups, input.GroupId, 'GroupId');
    const rules = revoked(state, input);
    refuseDryRun(input.DryRun);
    for (const { id } of rules) removeRule(state, id);
    return { Return: true };
  },
};
