import * as z from 'zod';
import { instant } from '../base/instant';
import type { SwitchItem } from '../base/item';
import { application, by, forSeconds, reason, shortenFlag } from '../base/requests';
import { parseCidr, type Cidr } from './cidr';

const defaultSeconds = 30 * 60;

const cidr = z.string().transform((text, context): Cidr => {
  const found = parseCidr(text);
  if (typeof found !== 'string') return found;
  context.addIssue({ code: 'custom', message: found });
  return z.NEVER;
});

const port = z.number().int().min(1).max(65_535);
/** `sg-0123...`. */
const securityGroup = z
  .string()
  .regex(/^sg-[0-9a-f]+$/, 'expected the id of a security group, such as sg-0123456789abcdef0');

export const openSchema = z.strictObject({
  application,
  port,
  cidr,
  forSeconds: forSeconds.default(defaultSeconds),
  securityGroup: securityGroup.optional(),
  force: z.boolean().optional(),
  shorten: shortenFlag,
  reason: reason.optional(),
  by,
});

export const closeSchema = z.strictObject({
  application,
  port,
  cidr,
  securityGroup: securityGroup.optional(),
  by,
});

/** One opening of a port to a block of addresses in one security group. */
export const accessKey = (port: number, block: string, securityGroup: string): string =>
  `access:${String(port)}:${block}:${securityGroup}`;

/** EC2 takes letters, digits and ". _-:/()#,@[]+=&;{}!$*" in a rule's description, 255 of them. */
export const ruleDescription = (item: Pick<SwitchItem, 'by' | 'until' | 'reason'>): string => {
  const why = item.reason === undefined ? '' : `: ${item.reason}`;
  return `Forseti, ${item.by} until ${item.until === undefined ? 'closed' : instant(item.until)}${why}`
    .replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, '_')
    .slice(0, 255);
};

/** Why a block is too large to be opened without --force; undefined where it is not. */
export const tooWide = (
  { text, bits, wide, family }: Cidr,
  force: boolean | undefined,
): string | undefined => {
  if (!wide || force === true) return undefined;
  const who = bits === 0 ? 'everybody' : `2^${String((family === 4 ? 32 : 128) - bits)} addresses`;
  return `${text} is ${who}: a port is not opened to that many by mistake. Give a narrower block, or --force if it is meant.`;
};

/**
 * Which security group of the fleet is opened.
 * @param groups by id: the name, and whether every instance has it.
 * @returns its id, or why none can be chosen.
 */
export const chooseGroup = (
  groups: ReadonlyMap<string, { readonly name: string; readonly everywhere: boolean }>,
  asked: string | undefined,
): { readonly id: string } | { readonly problem: string } => {
  const list = [...groups].map(([id, { name }]) => `${id} (${name})`).join(', ');
  if (asked !== undefined)
    return groups.has(asked)
      ? { id: asked }
      : { problem: `No instance of the fleet has security group ${asked}; they have ${list || 'none'}.` };
  const everywhere = [...groups].filter(([, group]) => group.everywhere).map(([id]) => id);
  if (everywhere.length === 1 && everywhere[0] !== undefined) return { id: everywhere[0] };
  return {
    problem:
      groups.size === 0
        ? 'The fleet has no instance whose security group could be opened.'
        : `The fleet has several security groups; name one with --group: ${list}.`,
  };
};
