import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** Instance id to target group ARN to state: `initial`, `healthy`, `unhealthy`, `draining`, `unused`, ... */
export type TargetHealth = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** One call a target group, whatever the number of its targets. */
export const targetHealth = async (
  elb: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
): Promise<TargetHealth> => {
  const health = new Map<string, Record<string, string>>();
  await Promise.all(
    targetGroupArns.map(async (arn) => {
      const { TargetHealthDescriptions: targets = [] } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
      );
      for (const { Target: target, TargetHealth: found } of targets) {
        const id = target?.Id ?? '';
        health.set(id, { ...health.get(id), [arn]: found?.State ?? 'unknown' });
      }
    }),
  );
  return health;
};

/** Healthy in every one of the target groups; a group that does not know the instance counts as unhealthy. */
export const healthyEverywhere = (
  health: TargetHealth,
  targetGroupArns: readonly string[],
  instance: string,
): boolean => targetGroupArns.every((arn) => health.get(instance)?.[arn] === 'healthy');
