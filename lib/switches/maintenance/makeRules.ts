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
 * Makes the page's rules on every listener that has none of them.
 * @param see reads the listeners as they are now.
 */
export const makeRules = async (
  elb: ElasticLoadBalancingV2Client,
  whose: string,
  actionFor: ActionFor,
  see: () => Promise<SeenListener[]>,
): Promise<void> => {
  for (let turn = 1; ; turn += 1)
    try {
      for (const { arn, loadBalancer, rules } of await see()) {
        if (rules.some(({ ours }) => ours)) continue;
        for (const { priority, conditions } of placesFor(rules).places)
          await elb.send(
            new CreateRuleCommand({
              ListenerArn: arn,
              Priority: priority,
              Conditions: [...conditions],
              Actions: [actionFor(loadBalancer)],
              Tags: maintenanceTags(whose),
            }),
          );
      }
      return;
    } catch (error) {
      if (nameOf(error) !== 'PriorityInUseException' || turn === maxTries) throw error;
    }
};
