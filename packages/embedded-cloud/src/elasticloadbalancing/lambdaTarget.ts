/** A Lambda function as a target (User Guide, "Use Lambda functions as targets of an Application Load Balancer"). */
import { AwsError } from '../core/errors';
import { matchesArn } from '../iam/pattern';
import type { Region } from '../core/service';
import type { TargetGroup } from './state';

const principal = 'elasticloadbalancing.amazonaws.com';

/** Whether the function's policy allows load balancing to invoke it for this target group. */
export const mayInvoke = (region: Region, functionArn: string, targetGroupArn: string): boolean =>
  region
    .service('events')
    .state.permissions.some(
      (one) =>
        one.functionArn === functionArn &&
        one.principal === principal &&
        (one.sourceArn === undefined || matchesArn(one.sourceArn, targetGroupArn)),
    );

/** Registers the one function that a group can have. @throws AwsError AccessDenied, InvalidTarget, TooManyTargets */
export const registerFunction = (
  region: Region,
  group: TargetGroup,
  ids: readonly string[],
): Record<string, never> => {
  const [functionArn = ''] = ids;
  if (ids.length > 1 || (group.functionArn !== undefined && group.functionArn !== functionArn))
    throw new AwsError('TooManyTargets', 'Only one Lambda function can be registered with a target group');
  const name = functionArn.slice(functionArn.lastIndexOf(':') + 1);
  if (region.service('lambda').state.functions[name]?.functionArn !== functionArn)
    throw new AwsError('InvalidTarget', `The Lambda function '${functionArn}' does not exist`);
  if (!mayInvoke(region, functionArn, group.arn))
    throw new AwsError(
      'AccessDenied',
      `${principal} principal does not have permission to invoke ${functionArn} from target group ${group.arn}`,
      { statusCode: 403 },
    );
  group.functionArn = functionArn;
  return {};
};
