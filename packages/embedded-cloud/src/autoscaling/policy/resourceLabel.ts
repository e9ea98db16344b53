import type { PutScalingPolicyCommandInput } from '@aws-sdk/client-auto-scaling';
import type { Region } from '../../core/service';
import { invalid } from '../groups';
import type { Group } from '../state';

/** `app/NAME/ID/targetgroup/NAME/ID`: the ends of the ARNs of a load balancer and a target group. */
const form = /^((?:app|net|gwy)\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/;

/**
 * "You can't specify a resource label unless the target group is attached to the Auto Scaling group" (API reference),
 * nor one whose load balancer does not forward to it. AWS does not publish its wording.
 * @throws AwsError ValidationError
 */
export const checkResourceLabel = (
  region: Region,
  group: Group,
  { TargetTrackingConfiguration: tracking }: PutScalingPolicyCommandInput,
): void => {
  const metric = tracking?.PredefinedMetricSpecification;
  if (metric?.PredefinedMetricType !== 'ALBRequestCountPerTarget') return;
  const { ResourceLabel: label } = metric;
  if (label === undefined)
    throw invalid('Resource label should be specified for predefined metric type ALBRequestCountPerTarget');
  const [, balancer = '', target = ''] = form.exec(label) ?? [];
  const attached = group.targetGroupArns.find((arn) => target !== '' && arn.endsWith(`:${target}`));
  const found = region.service('elasticloadbalancing').state.targetGroups[attached ?? ''];
  if (!found)
    throw invalid(`The target group of the resource label ${label} is not attached to ${group.name}.`);
  if (!found.loadBalancerArns.some((arn) => arn.endsWith(`:loadbalancer/${balancer}`)))
    throw invalid(
      `The load balancer of the resource label ${label} does not route traffic to the target group.`,
    );
};
