import { defineSwitch } from '../base/definition';
import type { SwitchItem } from '../base/item';
import { number, optional, text } from '../base/payload';
import type { SwitchTools } from '../base/tools';

export interface AccessMade {
  readonly port: number;
  /** `203.0.113.7/32`. */
  readonly cidr: string;
  /** Id: `sg-0123`. */
  readonly securityGroup: string;
  /** Id of the rule, once EC2 has made it: `sgr-0123`. */
  readonly securityGroupRule?: string;
}
export type AccessItem = SwitchItem<'access', AccessMade>;

/** A port of the fleet's instances that is open to a block of addresses for a while. */
export const accessSwitch = defineSwitch<'access', AccessMade>({
  kind: 'access',
  called: 'an opening',
  sign: 'unlock',
  made: { port: number, cidr: text, securityGroup: text, securityGroupRule: optional(text) },
  name: ({ application, made: { port, cidr } }) => `${application}: port ${String(port)} for ${cidr}`,
  summary: ({ port, cidr, securityGroup }) => `port ${String(port)} for ${cidr} in ${securityGroup}`,
  offCommand: ({ application, made: { port, cidr } }) =>
    `forseti access close ${application} --port ${String(port)} --cidr ${cidr}`,
});

export type AccessTools = SwitchTools<'access', AccessMade>;
