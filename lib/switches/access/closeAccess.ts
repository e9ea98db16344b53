import { type EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { nameOf } from '../../aws/failure';
import { parsed } from '../../engine/input';
import type { SwitchAnswer } from '../base/item';
import { isDue, parsedDue } from '../base/requests';
import { type Remove, turnOff } from '../base/turnOff';
import type { AccessItem, AccessMade, AccessTools } from './definition';
import { closeSchema } from './requests';
import { isOurs, rulesFor } from './rules';

type CloseTools = AccessTools & { readonly ec2: EC2Client };

/**
 * Removes only rules with this switch's tags: the noted id may be wrong, and a rule for the same block may be somebody
 * else's.
 */
const remove =
  ({ ec2 }: CloseTools): Remove<'access', AccessMade> =>
  async (item) => {
    const own = (await rulesFor(ec2, item.made)).filter((rule) => isOurs(rule, item));
    if (own.length === 0 && item.made.securityGroupRule !== undefined)
      return `Rule ${item.made.securityGroupRule} was gone, or not Forseti's any more.`;
    for (const { SecurityGroupRuleId: id = '' } of own)
      try {
        await ec2.send(
          new RevokeSecurityGroupIngressCommand({
            GroupId: item.made.securityGroup,
            SecurityGroupRuleIds: [id],
          }),
        );
      } catch (error) {
        // Somebody was quicker, or this is the second try.
        if (!/NotFound$/.test(nameOf(error))) throw error;
      }
    return undefined;
  };

/** Those that are open for this port and block, in whichever security group. */
const openOnes = async (tools: CloseTools, asked: ReturnType<typeof parsedClose>): Promise<AccessItem[]> =>
  (await tools.switches.list(asked.application)).filter(
    ({ offAt, made }) =>
      offAt === undefined &&
      made.port === asked.port &&
      made.cidr === asked.cidr.text &&
      (asked.securityGroup === undefined || made.securityGroup === asked.securityGroup),
  );

const parsedClose = (input: unknown) => parsed(closeSchema, input, 'a closing');

/**
 * Closes what Forseti opened: at once for a person, at its end for the machine and the sweep. What it did not open stays.
 * @throws InvalidRequest
 */
export const closeAccess = async (input: unknown, tools: CloseTools): Promise<SwitchAnswer> => {
  if (isDue(input)) {
    const { application, switch: name } = parsedDue(input, 'access');
    return turnOff(tools, { application, switch: name }, remove(tools));
  }
  const asked = parsedClose(input);
  const open = await openOnes(tools, asked);
  const [first] = open;
  if (!first)
    return {
      done: true,
      message: `${asked.application}: Forseti has not opened port ${String(asked.port)} for ${asked.cidr.text}; nothing to close.`,
    };
  const answers: SwitchAnswer[] = [];
  for (const { application, switch: name } of open)
    answers.push(await turnOff(tools, { application, switch: name, by: asked.by }, remove(tools)));
  return { ...answers[0], done: true, message: answers.map(({ message }) => message).join('\n') };
};
