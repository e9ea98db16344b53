import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DeleteTargetGroupOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { requireTargetGroup, validationError } from '../errors';
import { onResource, taggingAtCreation } from '../requirements';
import { defaultHealthCheck, type TargetGroup } from '../state';
import { output } from './targetGroups';

/** Creates groups for Lambda functions only. Groups for instances come from the cloud's description. */
export const createTargetGroup: Action<CreateTargetGroupInput, CreateTargetGroupOutput> = {
  requires(input, region) {
    const arn = region.arn('elasticloadbalancing', `targetgroup/${input.Name ?? ''}/*`);
    const tagging = taggingAtCreation('CreateTargetGroup', arn, input.Tags);
    const creating = onResource('CreateTargetGroup', arn);
    return [{ ...creating, context: { ...creating.context, ...tagging.context } }, ...tagging.requirements];
  },
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const name = input.Name ?? '';
    if (!/^(?!-)(?!.*-$)[A-Za-z0-9-]{1,32}$/.test(name))
      throw validationError(`Target group name '${name}' must be 1 to 32 letters, digits and hyphens`);
    if (input.TargetType !== 'lambda')
      throw validationError(`Target groups of type '${input.TargetType ?? 'instance'}' are not modelled`);
    const found = Object.values(state.targetGroups).find((group) => group.name === name);
    // "This operation is idempotent": with the same settings it returns the existing group.
    if (found?.targetType === 'lambda') return { TargetGroups: [output(found)] };
    if (found)
      throw new AwsError(
        'DuplicateTargetGroupName',
        `A target group with the same name '${name}' exists, but with different settings`,
      );
    const group: TargetGroup = {
      arn: region.arn('elasticloadbalancing', `targetgroup/${name}/${region.newId('x').slice(2)}`),
      name,
      targetType: 'lambda',
      protocol: '',
      port: 0,
      vpcId: '',
      healthCheck: defaultHealthCheck,
      attributes: { 'lambda.multi_value_headers.enabled': 'false' },
      loadBalancerArns: [],
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      targets: {},
    };
    state.targetGroups[group.arn] = group;
    return { TargetGroups: [output(group)] };
  },
};

/** A group that does not exist is no error. A group that a rule forwards to is refused. */
export const deleteTargetGroup: Action<DeleteTargetGroupInput, DeleteTargetGroupOutput> = {
  requires(input, region) {
    const arn = input.TargetGroupArn ?? '*';
    return [
      onResource(
        'DeleteTargetGroup',
        arn,
        region.service('elasticloadbalancing').state.targetGroups[arn]?.tags,
      ),
    ];
  },
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    if (state.targetGroups[input.TargetGroupArn ?? ''] === undefined) return {};
    const group = requireTargetGroup(state, input.TargetGroupArn);
    if (group.loadBalancerArns.length > 0)
      throw new AwsError(
        'ResourceInUse',
        `Target group '${group.arn}' is currently in use by a listener or a rule`,
      );
    state.targetGroups = Object.fromEntries(
      Object.entries(state.targetGroups).filter(([arn]) => arn !== group.arn),
    );
    return {};
  },
};
