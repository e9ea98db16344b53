import {
  AuthorizeSecurityGroupIngressCommand,
  type EC2Client,
  paginateDescribeInstances,
  paginateDescribeSecurityGroupRules,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { chunks } from '../../aws/chunks';
import { isTransient, nameOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import { describeGroup } from '../../fleet/group';
import { tagList, tags } from '../../aws/tags';
import { accessKey, accessName, chooseGroup, openSchema, ruleDescription, tooWide } from './requests';
import type { SwitchAnswer, SwitchItem } from '../base/item';
import { switchTag } from '../base/ownTags';
import { awaitEnd, type SwitchTools, tell, untilText } from '../base/tools';

export interface AccessTools extends SwitchTools {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
}

type Groups = Map<string, { readonly name: string; readonly everywhere: boolean }>;

/** The security groups of the instances that the fleet has now, whatever its launch template says by now. */
export const groupsOfFleet = async (
  { ec2, autoScaling }: Pick<AccessTools, 'ec2' | 'autoScaling'>,
  group: string,
): Promise<Groups> => {
  const { instances } = await describeGroup(autoScaling, group);
  const seen = new Map<string, { name: string; count: number }>();
  let count = 0;
  for (const Values of chunks(
    instances.map(({ id }) => id),
    100,
  ))
    for await (const page of paginateDescribeInstances(
      { client: ec2, pageSize: 1000 },
      { Filters: [{ Name: 'instance-id', Values }] },
    ))
      for (const { SecurityGroups: found = [] } of (page.Reservations ?? []).flatMap(
        (r) => r.Instances ?? [],
      )) {
        count += 1;
        for (const { GroupId: id = '', GroupName: name = '' } of found)
          seen.set(id, { name, count: (seen.get(id)?.count ?? 0) + 1 });
      }
  return new Map(
    [...seen].map(([id, { name, count: times }]) => [id, { name, everywhere: times === count }]),
  );
};

/** Rules of a security group that are for just this port and block. */
export const rulesFor = async (
  ec2: EC2Client,
  { securityGroup = '', port, cidr }: SwitchItem['made'],
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
export const isOurs = (rule: SecurityGroupRule, item: SwitchItem): boolean => {
  const has = (key: string, value: string) =>
    rule.Tags?.some(({ Key, Value }) => Key === key && Value === value) === true;
  return has(switchTag, item.switch) && has(tags.application, item.application);
};

/** @returns the id of the rule, made or adopted; or the rule of somebody else that stands in its place. */
const authorize = async (
  ec2: EC2Client,
  item: SwitchItem,
): Promise<{ readonly id: string } | { readonly stranger: SecurityGroupRule | undefined }> => {
  const { securityGroup, port = 0, cidr = '' } = item.made;
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
    // An earlier try made it and died before it could tell.
    const own = rules.find((rule) => isOurs(rule, item));
    return own ? { id: own.SecurityGroupRuleId ?? '' } : { stranger: rules[0] };
  }
};

const refusal = (message: string): SwitchAnswer => ({ done: false, message, problems: [message] });

const opened = async (tools: AccessTools, item: SwitchItem, more: string): Promise<SwitchAnswer> => {
  await awaitEnd(tools, item);
  const undo = `forseti access close ${item.application} --port ${String(item.made.port)} --cidr ${item.made.cidr ?? ''}`;
  const line = `${accessName(item)}: open ${untilText(item)} in ${item.made.securityGroup ?? ''}, by ${item.by}.`;
  await tell(tools, item, {
    on: true,
    by: item.by,
    undo,
    lines: [line, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
  });
  return { done: true, message: `${line}${more}`, switch: item };
};

/** It is open already: the later of the two ends holds. */
const extend = async (tools: AccessTools, found: SwitchItem, wanted: SwitchItem): Promise<SwitchAnswer> => {
  const until = Math.max(found.until ?? 0, wanted.until ?? 0);
  const written =
    until === found.until
      ? { done: true as const, item: found }
      : await tools.switches.extend(found, { ...wanted, until }, tools.clock());
  if (!written.done || !written.item)
    return refusal(`${accessName(found)}: is being closed just now. Try again in a minute.`);
  const made = await authorize(tools.ec2, written.item);
  if ('stranger' in made) {
    if (made.stranger) return strangers(tools, written.item, made.stranger);
    return refusal(`${accessName(found)}: its rule changes just now. Try again in a minute.`);
  }
  const item =
    made.id === written.item.made.securityGroupRule
      ? written.item
      : await tools.switches.note(written.item, { securityGroupRule: made.id });
  return opened(tools, item, ` It was open already, since ${new Date(found.at).toISOString()}.`);
};

/** What somebody else has opened stays theirs: it is neither changed nor ever closed by Forseti. */
const strangers = async (
  tools: AccessTools,
  item: SwitchItem,
  rule: SecurityGroupRule,
): Promise<SwitchAnswer> => {
  const { SecurityGroupRuleId: id = '', Description: text } = rule;
  await tools.switches.end(item, 'Forseti', tools.clock(), `${id} of somebody else was there before.`);
  return refusal(
    `${accessName(item)}: is open already by rule ${id}${text === undefined ? '' : ` ("${text}")`}, which Forseti did not make and will not close.`,
  );
};

/** Refused for good, nothing was made; of passing trouble it is not known, and the record stays until its end. */
const refusedByAws = async (tools: AccessTools, item: SwitchItem, error: Error): Promise<SwitchAnswer> => {
  if (isTransient(error)) throw error;
  const why = `${error.name}: ${error.message}`;
  await tools.switches.end(item, 'Forseti', tools.clock(), `AWS refused it: ${why}`);
  return refusal(`${accessName(item)}: AWS refused it: ${why}`);
};

/**
 * Opens a port of the fleet's instances to a block of addresses, for a while. Asked twice it is open once, until the
 * later end.
 * @throws InvalidRequest, UnknownApplication
 */
export const openAccess = async (input: unknown, tools: AccessTools): Promise<SwitchAnswer> => {
  const asked = parsed(openSchema, input, 'an opening');
  const wide = tooWide(asked.cidr, asked.force);
  if (wide !== undefined) return refusal(wide);
  const { settings } = await tools.readSettings(asked.application);
  const chosen = chooseGroup(await groupsOfFleet(tools, settings.group), asked.securityGroup);
  if ('problem' in chosen) return refusal(`${asked.application}: ${chosen.problem}`);
  const now = tools.clock();
  const { port, cidr } = asked;
  const wanted: SwitchItem = {
    application: asked.application,
    switch: accessKey(port, cidr.text, chosen.id),
    kind: 'access',
    by: asked.by,
    ...(asked.reason !== undefined && { reason: asked.reason }),
    at: now,
    until: now + asked.forSeconds * 1_000,
    made: { port, cidr: cidr.text, securityGroup: chosen.id },
  };
  const begun = await tools.switches.begin(wanted);
  if (!begun.done)
    return begun.found
      ? extend(tools, begun.found, wanted)
      : refusal(`${accessName(wanted)}: somebody else opens it just now. Try again.`);
  const made = await authorize(tools.ec2, wanted).catch((error: unknown) => error as Error);
  if (made instanceof Error) return refusedByAws(tools, wanted, made);
  if ('stranger' in made) {
    if (made.stranger) return strangers(tools, wanted, made.stranger);
    throw new Error(`${accessName(wanted)}: EC2 says that the rule exists, and shows none.`);
  }
  return opened(tools, await tools.switches.note(wanted, { securityGroupRule: made.id }), '');
};
