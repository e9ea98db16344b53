import {
  CreateRuleCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { nameOf } from '../../aws/failure';
import type { SeenListener } from './listeners';
import { placesFor } from './places';
import { type ActionFor, maintenanceTags } from './targets';

/** Somebody may take a priority between the reading and the call. */
const maxTries = 3;

/**
 * Makes the page's rules that are missing, on every listener: all of them, or those of what was added since.
 * @param see reads the listeners as they are now.
 * @returns how many were made.
 */
export const makeRules = async (
  elb: ElasticLoadBalancingV2Client,
  whose: string,
  actionFor: ActionFor,
  see: () => Promise<SeenListener[]>,
): Promise<number> => {
  let made = 0;
  for (let turn = 1; ; turn += 1)
    try {
      for (const { arn, loadBalancer, rules } of await see())
        for (const { priority, conditions } of placesFor(rules).places) {
          await elb.send(
            new CreateRuleCommand({
              ListenerArn: arn,
              Priority: priority,
              Conditions: [...conditions],
              Actions: [actionFor(loadBalancer)],
              Tags: maintenanceTags(whose),
            }),
          );
          made += 1;
        }
      return made;
    } catch (error) {
      if (nameOf(error) !== 'PriorityInUseException' || turn === maxTries) throw error;
    }
};
