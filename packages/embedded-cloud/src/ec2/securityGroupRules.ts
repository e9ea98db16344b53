/** Ingress rules of security groups: when two rules are the same, and which rules EC2 refuses. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { AwsError } from '../core/errors';
import { invalidParameterValue, missingParameter } from './errors';
import type { Ec2State, SecurityGroupRule } from './state';

/** VPC user guide, "Amazon VPC quotas": inbound rules per security group, for IPv4 and IPv6 each. */
export const maxRules = 60;

export type WantedRule = Omit<SecurityGroupRule, 'id' | 'groupId' | 'tags'>;

export const rulesOf = (state: Ec2State, groupId?: string): SecurityGroupRule[] =>
  Object.values(state.securityGroupRules ?? {}).filter(
    (rule) => groupId === undefined || rule.groupId === groupId,
  );

export const addRule = (state: Ec2State, rule: SecurityGroupRule): SecurityGroupRule =>
  ((state.securityGroupRules ??= {})[rule.id] = rule);

export const removeRule = (state: Ec2State, id: string): void => {
  state.securityGroupRules = Object.fromEntries(
    Object.entries(state.securityGroupRules ?? {}).filter(([known]) => known !== id),
  );
};

const isIpv4Cidr = (text: string): boolean => {
  const [, address = '', bits = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const parts = address.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255) && +bits <= 32
  );
};
const isIpv6Cidr = (text: string): boolean => /^[0-9a-f:]+\/(\d{1,2}|1[01]\d|12[0-8])$/i.test(text);

/** "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*", less than 256 characters (API, IpRange). */
const description = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

const protocols: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp' };

const portsOf = (permission: IpPermission, protocol: string): readonly [number, number] => {
  if (protocol !== 'tcp' && protocol !== 'udp') return [permission.FromPort ?? -1, permission.ToPort ?? -1];
  const { FromPort: from, ToPort: to } = permission;
  if (from === undefined || to === undefined)
    throw invalidParameterValue(
      `Invalid value '${String(from ?? to)}' for portRange. Must specify both from and to ports with TCP/UDP.`,
    );
  if (from < 0 || to > 65_535 || from > to)
    throw invalidParameterValue(`Invalid TCP/UDP port range (${String(from)}:${String(to)})`);
  return [from, to];
};

const checkedDescription = (text: string | undefined): { description?: string } => {
  if (text === undefined) return {};
  if (!description.test(text))
    throw invalidParameterValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  return { description: text };
};

/** @throws AwsError InvalidParameterValue, MissingParameter */
export const wantedRules = (permissions: readonly IpPermission[] | undefined): WantedRule[] => {
  if (permissions === undefined || permissions.length === 0) throw missingParameter('IpPermissions');
  return permissions.flatMap((permission) => {
    const given = permission.IpProtocol;
    if (given === undefined) throw missingParameter('IpProtocol');
    const protocol = protocols[given] ?? given;
    const [fromPort, toPort] = portsOf(permission, protocol);
    const common = { protocol, fromPort, toPort };
    const malformed = (cidr: string) => invalidParameterValue(`CIDR block ${cidr} is malformed`);
    return [
      ...(permission.IpRanges ?? []).map(({ CidrIp: cidr = '', Description }) => {
        if (!isIpv4Cidr(cidr)) throw malformed(cidr);
        return { ...common, cidrIpv4: cidr, ...checkedDescription(Description) };
      }),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6: cidr = '', Description }) => {
        if (!isIpv6Cidr(cidr)) throw malformed(cidr);
        return { ...common, cidrIpv6: cidr, ...checkedDescription(Description) };
      }),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId = '', Description }) => ({
        ...common,
        sourceGroupId: GroupId,
        ...checkedDescription(Description),
      })),
    ];
  });
};

const peerOf = (rule: WantedRule): string => rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.sourceGroupId ?? '';

/** Rules that differ only in their description are the same. */
export const isSame = (one: WantedRule, other: WantedRule): boolean =>
  one.protocol === other.protocol &&
  one.fromPort === other.fromPort &&
  one.toPort === other.toPort &&
  peerOf(one) === peerOf(other);

export const duplicate = (rule: WantedRule): AwsError =>
  new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${peerOf(rule)}, ${rule.protocol.toUpperCase()}, from port: ${String(rule.fromPort)}, to port: ${String(rule.toPort)}, ALLOW" already exists`,
  );

export const noSuchRule = (): AwsError =>
  new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
