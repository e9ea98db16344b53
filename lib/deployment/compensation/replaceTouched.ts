import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { minHealthy, replaceNow, secondsUntilChange } from '../../rollout/arithmetic';
import { countsOf, isChecking, viewUntouched } from '../../rollout/fleetView';
import { choose, retire } from '../../rollout/retire';
import { groupKey } from '../../engine/waiting/resourceKeys';
import type { Progress } from '../../engine/waiting/waitingStep';
import type { StepContext } from '../../engine/context';

export interface ReplaceMemo extends Record<string, unknown> {
  /** Some instances were replaced one by one: their successors have to become healthy. */
  replacing: boolean;
  healthyBefore: number;
  seen: string;
  quiet: number;
}

interface Tools {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
}

/**
 * Replaces only the instances that the deployment changed: the group launches their successors from the baseline. A
 * playbook that fails on its first instance costs one instance, not the fleet.
 * @returns undefined if none is left.
 */
export const replaceTouched = async (
  context: StepContext,
  memo: Partial<ReplaceMemo>,
  save: (memo: Partial<ReplaceMemo>) => Promise<void>,
  tools: Tools,
): Promise<Progress | undefined> => {
  const { record, settings } = context;
  const view = await viewUntouched(tools, record);
  if (view.old.length === 0) return undefined;
  const counts = countsOf(view);
  const healthyBefore = memo.healthyBefore ?? counts.healthy;
  const seen = JSON.stringify(counts);
  const quiet = seen === memo.seen ? (memo.quiet ?? 0) + 1 : 0;
  await save({ replacing: true, healthyBefore, seen, quiet });
  const retirement = replaceNow({
    ...counts,
    fewestHealthy: minHealthy(view.group.desired, settings.rollout.minHealthyPercentage, healthyBefore),
    settled: counts.healthy >= view.group.desired,
  });
  await retire(context, tools.autoScaling, choose(view, retirement), false);
  return {
    waitFor: [groupKey(view.group.name)],
    expectedSeconds: secondsUntilChange(quiet, isChecking(view)),
    progress: `${String(view.old.length)} instances still to be replaced`,
  };
};
