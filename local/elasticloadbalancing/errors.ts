/** Refusals of Elastic Load Balancing, by their codes on the wire. */
import { AwsError } from '../errors';
import type { ElasticLoadBalancingState, TargetGroup } from './state';

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError TargetGroupNotFound, ValidationError where none is named */
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
