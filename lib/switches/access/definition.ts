import * as z from 'zod';
import { defineSwitch } from '../base/definition';
import type { SwitchItem } from '../base/item';
import type { SwitchTools } from '../base/tools';

const made = z
  .object({
    port: z.number(),
    /** `203.0.113.7/32`. */
    cidr: z.string(),
    /** Id: `sg-0123`. */
    securityGroup: z.string(),
    /** Id of the rule, once EC2 has made it: `sgr-0123`. */
    securityGroupRule: z.string().exactOptional(),
  })
  .readonly();

export type AccessMade = z.output<typeof made>;
export type AccessItem = SwitchItem<'access', AccessMade>;

/** A port of the fleet's instances that is open to a block of addresses for a while. */
export const accessSwitch = defineSwitch<'access', AccessMade>({
  kind: 'access',
  called: 'an opening',
  sign: 'unlock',
  made,
  name: ({ application, made: { port, cidr } }) => `${application}: port ${String(port)} for ${cidr}`,
  summary: ({ port, cidr, securityGroup }) => `port ${String(port)} for ${cidr} in ${securityGroup}`,
  offCommand: ({ application, made: { port, cidr } }) =>
    `forseti access close ${application} --port ${String(port)} --cidr ${cidr}`,
});

export type AccessTools = SwitchTools<'access', AccessMade>;
