import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { isTransient } from '../../aws/failure';
import { asError } from '../../aws/log';
import { parsed } from '../../engine/input';
import { announce } from '../base/announce';
import { awaitEnd } from '../base/awaitEnd';
import { keptEndText, untilText } from '../base/instant';
import type { SwitchAnswer } from '../base/item';
import { type AccessItem, accessSwitch, type AccessTools } from './definition';
import { accessKey, chooseGroup, openSchema, tooWide } from './requests';
import { authorize } from './rules';
import { groupsOfFleet } from './securityGroups';

type OpenTools = AccessTools & { readonly ec2: EC2Client; readonly autoScaling: AutoScalingClient };

const { name: accessName } = accessSwitch;

const refusal = (message: string): SwitchAnswer => ({ done: false, message, problems: [message] });

/**
 * Openings of this port and block in other security groups: an instance's group may have been replaced since. They end
 * by themselves, and closing ends them too.
 */
const elsewhere = async ({ switches }: OpenTools, { application, made }: AccessItem): Promise<string> =>
  (await switches.list(application))
    .filter(
      (other) =>
        other.offAt === undefined &&
        other.made.port === made.port &&
        other.made.cidr === made.cidr &&
        other.made.securityGroup !== made.securityGroup,
    )
    .map((other) => ` It is also open ${untilText(other)} in ${other.made.securityGroup}, by ${other.by}.`)
    .join('');

const opened = async (
  tools: OpenTools,
  item: AccessItem,
  { more = '', silent = false }: { readonly more?: string; readonly silent?: boolean } = {},
): Promise<SwitchAnswer> => {
  await awaitEnd(tools, item);
  const line = `${accessName(item)}: open ${untilText(item)} in ${item.made.securityGroup}, by ${item.by}.`;
  if (!silent)
    await announce(tools, item, {
      on: true,
      by: item.by,
      undo: accessSwitch.offCommand(item),
      lines: [line, ...(item.reason === undefined ? [] : [`Reason: ${item.reason}`])],
    });
  return { done: true, message: `${line}${more}${await elsewhere(tools, item)}`, switch: item };
};

/** It is open already: the later of the two ends holds, unless the request says otherwise. */
const extend = async (
  tools: OpenTools,
  found: AccessItem,
  wanted: AccessItem,
  shortens: boolean,
): Promise<SwitchAnswer> => {
  const written = await tools.switches.extend(found, wanted, tools.clock(), shortens ? 'exactly' : 'later');
  if (!written.done || !written.item)
    return refusal(`${accessName(found)}: is being closed just now. Try again in a minute.`);
  const made = await authorize(tools.ec2, written.item);
  if ('stranger' in made) {
    if (made.stranger) return strangers(tools, written.item, made.stranger);
    return refusal(`${accessName(found)}: its rule changes just now. Try again in a minute.`);
  }
  const isSame = made.id === written.item.made.securityGroupRule;
  const item = isSame
    ? written.item
    : await tools.switches.note(written.item, { securityGroupRule: made.id });
  const gone =
    isSame || found.made.securityGroupRule === undefined ? '' : ' Somebody had removed its rule; it is back.';
  return opened(tools, item, {
    more: ` It was open already, since ${new Date(found.at).toISOString()}.${gone}${keptEndText(item, wanted.until)}`,
    silent: isSame && item.until === found.until,
  });
};

/** What somebody else has opened stays theirs: it is neither changed nor ever closed by Forseti. */
const strangers = async (
  tools: OpenTools,
  item: AccessItem,
  rule: SecurityGroupRule,
): Promise<SwitchAnswer> => {
  const { SecurityGroupRuleId: id = '', Description: text } = rule;
  await tools.switches.end(item, 'Forseti', tools.clock(), `${id} of somebody else was there before.`);
  return refusal(
    `${accessName(item)}: is open already by rule ${id}${text === undefined ? '' : ` ("${text}")`}, which Forseti did not make and will not close.`,
  );
};

/**
 * A refusal means that nothing was made. After a transient error that is not known, so the record stays until its end.
 */
const refusedByAws = async (tools: OpenTools, item: AccessItem, error: Error): Promise<SwitchAnswer> => {
  if (isTransient(error)) throw error;
  const why = `${error.name}: ${error.message}`;
  await tools.switches.end(item, 'Forseti', tools.clock(), `AWS refused it: ${why}`);
  return refusal(`${accessName(item)}: AWS refused it: ${why}`);
};

/**
 * Opens a port of the fleet's instances to a block of addresses, for a while. Asked twice it is open once, until the
 * later end. The rule is looked at each time, in the security group that the instances have now.
 * @throws InvalidRequest, UnknownApplication
 */
export const openAccess = async (input: unknown, tools: OpenTools): Promise<SwitchAnswer> => {
  const asked = parsed(openSchema, input, 'an opening');
  const wide = tooWide(asked.cidr, asked.force);
  if (wide !== undefined) return refusal(wide);
  const { settings } = await tools.readSettings(asked.application);
  const chosen = chooseGroup(await groupsOfFleet(tools, settings.group), asked.securityGroup);
  if ('problem' in chosen) return refusal(`${asked.application}: ${chosen.problem}`);
  const now = tools.clock();
  const { port, cidr } = asked;
  const wanted: AccessItem = {
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
      ? extend(tools, begun.found, wanted, asked.shorten === true)
      : refusal(`${accessName(wanted)}: somebody else opens it just now. Try again.`);
  const made = await authorize(tools.ec2, wanted).catch(asError);
  if (made instanceof Error) return refusedByAws(tools, wanted, made);
  if ('stranger' in made) {
    if (made.stranger) return strangers(tools, wanted, made.stranger);
    throw new Error(`${accessName(wanted)}: EC2 says that the rule exists, and shows none.`);
  }
  return opened(tools, await tools.switches.note(wanted, { securityGroupRule: made.id }));
};
