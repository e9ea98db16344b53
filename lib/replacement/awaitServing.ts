import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../application/schema';
import { describeGroup } from '../fleet/group';
import { targetHealth } from '../fleet/targetGroups';
import { NotServing } from './errors';
import { notServingYet } from './mayReplace';
import { parseReplacement, type ReplacementEvent } from './replacement';

export interface ServingTools {
  readonly autoScaling: AutoScalingClient;
  readonly elb: ElasticLoadBalancingV2Client;
  /** @throws UnknownApplication */
  readonly readSettings: (application: string) => Promise<{ readonly settings: ApplicationSettings }>;
}

/**
 * Checks once whether as many instances serve as the group wants, without the one that was taken out.
 * @throws NotServing, which the machine tries again.
 */
export const awaitServing = async (
  { input }: Pick<ReplacementEvent, 'input'>,
  { autoScaling, elb, readSettings }: ServingTools,
): Promise<{ serving: true }> => {
  const { application, instance } = parseReplacement(input);
  const { settings } = await readSettings(application);
  const group = await describeGroup(autoScaling, settings.group);
  const missing = notServingYet(instance, { group, health: await targetHealth(elb, group.targetGroupArns) });
  if (missing !== undefined) throw new NotServing([missing]);
  return { serving: true };
};
