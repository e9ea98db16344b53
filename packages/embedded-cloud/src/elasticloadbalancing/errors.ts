/** Errors of Elastic Load Balancing, by their codes on the wire. */
import { AwsError } from '../core/errors';
import type { ElasticLoadBalancingState, LoadBalancer, TargetGroup } from './state';

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError TargetGroupNotFound, or ValidationError if no ARN is given */
export const requireTargetGroup = (
  state: ElasticLoadBalancingState,
  arn: string | undefined,
): TargetGroup => {
  if (arn === undefined || arn === '') throw validationError('A target group ARN must be specified');
  if (!/^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(arn)) {
    throw validationError(`'${arn}' is not a valid target group ARN`);
  }
  const found = state.targetGroups[arn];
  if (found === undefined) throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  return found;
};

/** The records of these ARNs. @throws AwsError with the given code if one does not exist */
export const picked = <T>(records: Readonly<Record<string, T>>, arns: readonly string[], code: string): T[] =>
  arns.map((arn) => {
    const found = records[arn];
    if (found === undefined) throw new AwsError(code, `'${arn}' not found`);
    return found;
  });

/** @throws AwsError LoadBalancerNotFound */
export const requireLoadBalancer = (
  state: ElasticLoadBalancingState,
  arn: string | undefined,
): LoadBalancer => {
  const [found] = picked(state.loadBalancers, [arn ?? ''], 'LoadBalancerNotFound');
  if (found === undefined) throw validationError('A load balancer ARN must be specified');
  return found;
};
