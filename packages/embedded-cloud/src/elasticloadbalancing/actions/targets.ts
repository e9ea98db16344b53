import type {
  DeregisterTargetsInput,
  DeregisterTargetsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  RegisterTargetsOutput,
  TargetHealthDescription,
  TargetHealthReasonEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { requireTargetGroup, validationError } from '../errors';
import { registerFunction } from '../lambdaTarget';
import { deregister, register } from '../registration';
import { onEverything, onTargetGroup } from '../requirements';
import type { Target, TargetGroup } from '../state';

const invalidTarget = (text: string, ids: readonly string[]): AwsError =>
  new AwsError('InvalidTarget', `${text}: ${ids.map((id) => `'${id}'`).join(', ')}`);

const idsOf = (targets: RegisterTargetsInput['Targets']): string[] => {
  if (targets === undefined || targets.length === 0)
    throw validationError('At least one target must be specified');
  return targets.map(({ Id = '' }) => Id);
};

const description = (group: TargetGroup, target: Target): TargetHealthDescription => ({
  Target: { Id: target.id, Port: target.port },
  HealthCheckPort: group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
  TargetHealth: {
    State: target.state,
    ...(target.reason !== undefined && { Reason: target.reason as TargetHealthReasonEnum }),
    ...(target.description !== undefined && { Description: target.description }),
  },
});

const notRegistered = (group: TargetGroup, id: string): TargetHealthDescription => ({
  Target: { Id: id, Port: group.port },
  TargetHealth: {
    State: 'unused',
    Reason: 'Target.NotRegistered',
    Description: 'Target is not registered to the target group',
  },
});

/** @throws AwsError InvalidTarget if an instance does not exist */
const describeAsked = (region: Region, group: TargetGroup, ids: readonly string[]) => {
  const unknown = ids.filter(
    (id) => group.targets[id] === undefined && region.service('ec2').instance(id) === undefined,
  );
  if (unknown.length > 0) throw invalidTarget('The following targets do not exist', unknown);
  return ids.map((id) => {
    const target = group.targets[id];
    return target === undefined ? notRegistered(group, id) : description(group, target);
  });
};

export const describeTargetHealth: Action<DescribeTargetHealthInput, DescribeTargetHealthOutput> = {
  requires: onEverything('DescribeTargetHealth'),
  run(input, region) {
    const group = requireTargetGroup(region.service('elasticloadbalancing').state, input.TargetGroupArn);
    const descriptions =
      input.Targets === undefined || input.Targets.length === 0
        ? Object.values(group.targets).map((target) => description(group, target))
        : describeAsked(region, group, idsOf(input.Targets));
    return { TargetHealthDescriptions: descriptions };
  },
};

/** Registers all targets or none. Only running instances can be registered. */
export const registerTargets: Action<RegisterTargetsInput, RegisterTargetsOutput> = {
  requires: onTargetGroup('RegisterTargets'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const group = requireTargetGroup(state, input.TargetGroupArn);
    const ids = idsOf(input.Targets);
    if (group.targetType === 'lambda') return registerFunction(region, group, ids);
    const idle = ids.filter((id) => region.service('ec2').instance(id)?.state !== 'running');
    if (idle.length > 0) {
      throw invalidTarget('The following targets are not in a running state and cannot be registered', idle);
    }
    for (const id of ids) register(region, state, group, id);
    return {};
  },
};

/** "If the specified target does not exist, the action returns successfully." */
export const deregisterTargets: Action<DeregisterTargetsInput, DeregisterTargetsOutput> = {
  requires: onTargetGroup('DeregisterTargets'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const group = requireTargetGroup(state, input.TargetGroupArn);
    const ids = idsOf(input.Targets);
    if (ids.some((id) => id === group.functionArn)) delete group.functionArn;
    for (const id of ids) deregister(region, state, group, id);
    return {};
  },
};
