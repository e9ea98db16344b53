import { defineSwitch } from '../base/definition';
import type { SwitchItem } from '../base/item';
import { optional, texts, yes } from '../base/payload';
import type { SwitchTools } from '../base/tools';

export interface MaintenanceMade {
  /** ARNs of the listeners that get rules. */
  readonly listeners: readonly string[];
  /** Names of the target groups of the function that answers with the page. */
  readonly targetGroupNames: readonly string[];
  /** The load balancer itself answers. */
  readonly fixedResponse?: true;
}
export type MaintenanceItem = SwitchItem<'maintenance', MaintenanceMade>;

/** A page that users see instead of the application. */
export const maintenanceSwitch = defineSwitch<'maintenance', MaintenanceMade>({
  kind: 'maintenance',
  called: 'the maintenance page',
  sign: 'construction',
  made: { listeners: texts, targetGroupNames: texts, fixedResponse: optional(yes) },
  name: ({ application }) => `${application}: maintenance page`,
  summary: ({ fixedResponse }) =>
    fixedResponse === true ? 'page by the load balancer' : 'page with Retry-After',
  offCommand: ({ application }) => `forseti maintenance off ${application}`,
});

export type MaintenanceTools = SwitchTools<'maintenance', MaintenanceMade>;
