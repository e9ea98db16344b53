import * as z from 'zod';
import { defineSwitch } from '../base/definition';
import type { SwitchItem } from '../base/item';
import type { SwitchTools } from '../base/tools';

const made = z
  .object({
    /** ARNs of the listeners that get rules. */
    listeners: z.array(z.string()).readonly(),
    /** Names of the target groups of the function that answers with the page. */
    targetGroupNames: z.array(z.string()).readonly(),
    /** The load balancer itself answers. */
    fixedResponse: z.boolean().exactOptional(),
  })
  .readonly();

export type MaintenanceMade = z.output<typeof made>;
export type MaintenanceItem = SwitchItem<'maintenance', MaintenanceMade>;

/** A page that users see instead of the application. */
export const maintenanceSwitch = defineSwitch<'maintenance', MaintenanceMade>({
  kind: 'maintenance',
  called: 'the maintenance page',
  sign: 'construction',
  made,
  name: ({ application }) => `${application}: maintenance page`,
  summary: ({ fixedResponse }) =>
    fixedResponse === true ? 'page by the load balancer' : 'page with Retry-After',
  offCommand: ({ application }) => `forseti maintenance off ${application}`,
});

export type MaintenanceTools = SwitchTools<'maintenance', MaintenanceMade>;
