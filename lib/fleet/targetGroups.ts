import {
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Member } from './group';

/** State of each instance in each target group that knows it: `initial`, `healthy`, `unhealthy`, `draining`, `unused`. */
export type TargetHealth = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Why an instance is not healthy in a target group, in AWS's words. */
export type TargetReasons = ReadonlyMap<string, string>;

/** One call per target group, whatever the number of instances: AWS answers with all targets at once. */
export const describeTargets = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<{ readonly health: TargetHealth; readonly reasons: TargetReasons }> => {
  const found = new Map<string, Record<string, string>>();
  const reasons = new Map<string, string>();
  const note = (id: string, arn: string, state: string): void => {
    const states = found.get(id) ?? {};
    // An instance that is registered with several ports counts as its worst port.
    if (states[arn] === undefined || states[arn] === 'healthy') states[arn] = state;
    found.set(id, states);
  };
  await Promise.all(
    arns.map(async (arn) => {
      const { TargetHealthDescriptions: targets = [] } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
      );
      for (const { Target: target, TargetHealth: health } of targets) {
        note(target?.Id ?? '', arn, health?.State ?? '');
        const said = [health?.Reason, health?.Description].filter((word) => word !== undefined);
        if (health?.State !== 'healthy' && said.length > 0)
          reasons.set(target?.Id ?? '', `target group ${arn.split('/')[1] ?? arn}: ${said.join(': ')}`);
      }
    }),
  );
  return { health: found, reasons };
};

/** As {@link describeTargets}, without the reasons. */
export const targetHealth = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<TargetHealth> => (await describeTargets(elb, arns)).health;

/**
 * Healthy in every target group; in a group that does not know it, an instance is not healthy. Without target groups,
 * only the Auto Scaling group's own health check counts, see {@link isServing}.
 */
export const healthyEverywhere = (health: TargetHealth, id: string, arns: readonly string[]): boolean =>
  arns.every((arn) => health.get(id)?.[arn] === 'healthy');

/** In service, healthy to its Auto Scaling group and in every target group. */
export const isServing = (
  member: Member | undefined,
  health: TargetHealth,
  arns: readonly string[],
): boolean =>
  member?.lifecycle === 'InService' && member.healthy && healthyEverywhere(health, member.id, arns);

/** The longest times of all target groups, in seconds; zeros if there are none. */
export interface TargetGroupTimes {
  /** From failing to `unhealthy`. */
  readonly toUnhealthySeconds: number;
  /** From answering again to `healthy`, of a target that was unhealthy. */
  readonly toHealthySeconds: number;
  /** From registration to `healthy`: a new target has to pass one check (ELB user guide, "Target health status"). */
  readonly toFirstHealthySeconds: number;
}

export const healthCheckTimes = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<TargetGroupTimes> => {
  if (arns.length === 0) return { toHealthySeconds: 0, toUnhealthySeconds: 0, toFirstHealthySeconds: 0 };
  const { TargetGroups: groups = [] } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [...arns] }),
  );
  const longest = (count: 'HealthyThresholdCount' | 'UnhealthyThresholdCount'): number =>
    Math.max(0, ...groups.map((group) => (group.HealthCheckIntervalSeconds ?? 30) * (group[count] ?? 2)));
  return {
    toHealthySeconds: longest('HealthyThresholdCount'),
    toUnhealthySeconds: longest('UnhealthyThresholdCount'),
    toFirstHealthySeconds: Math.max(0, ...groups.map((group) => group.HealthCheckIntervalSeconds ?? 30)),
  };
};

/** The longest deregistration delay in seconds; AWS's default is 300. */
export const deregistrationDelaySeconds = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<number> => {
  const delays = await Promise.all(
    arns.map(async (arn) => {
      const { Attributes: attributes = [] } = await elb.send(
        new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }),
      );
      return Number(
        attributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value ?? 300,
      );
    }),
  );
  return Math.max(0, ...delays);
};
