/** What happens when a policy is executed, by an alarm or by hand. */
import type { Region } from '../../core/service';
import { endActivity, startActivity } from '../activities';
import { groupOf, invalid, isSuspended, wake } from '../groups';
import { stateOf } from '../otherServices';
import { adjusted, stepFor, tracked } from '../policy/adjust';
import { isInAlarm } from '../refresh/alarms';
import type { Group, ScalingPolicyRecord } from '../state';

/** Which of a target tracking policy's own alarms is in ALARM; scaling out takes precedence. */
const sideOf = (region: Region, policy: ScalingPolicyRecord): 'high' | 'low' => {
  const ringing = policy.alarms.filter(({ name }) => isInAlarm(region, name));
  return ringing.length > 0 && ringing.every(({ name }) => name.includes('-AlarmLow-')) ? 'low' : 'high';
};

const desiredBy = (
  region: Region,
  group: Group,
  policy: ScalingPolicyRecord,
  breach: number | undefined,
): number => {
  if (policy.target) {
    const ringing = breach === undefined ? sideOf(region, policy) : breach < 0 ? 'low' : 'high';
    if (ringing === 'low' && policy.target.disableScaleIn) return group.desired;
    return tracked(group, policy.target.value, breach === 0 ? undefined : breach, ringing);
  }
  if (policy.type === 'StepScaling') {
    const step = stepFor(policy.steps, breach ?? 0);
    if (!step) return group.desired;
    return adjusted(group, policy.adjustmentType, step.ScalingAdjustment ?? 0, policy.minAdjustmentMagnitude);
  }
  return adjusted(group, policy.adjustmentType, policy.adjustment ?? 0, policy.minAdjustmentMagnitude);
};

const coolsDown = (region: Region, group: Group, policy: ScalingPolicyRecord): boolean =>
  policy.type === 'SimpleScaling' &&
  group.scaledAt !== undefined &&
  region.now() < group.scaledAt + (policy.cooldownSeconds ?? group.defaultCooldownSeconds) * 1000;

/**
 * Executes a policy as an alarm's action would: not while AlarmNotification is suspended, nor (for simple policies)
 * during the cooldown.
 * @param breachedBy metric minus threshold; for a target tracking policy, metric minus target
 */
export const executeByAlarm = (region: Region, policyArn: string, breachedBy?: number): void => {
  const policy = stateOf(region).policies[policyArn];
  const group = policy && stateOf(region).groups[policy.group];
  if (!policy?.enabled || !group || isSuspended(group, 'AlarmNotification')) return;
  if (coolsDown(region, group, policy)) return;
  scale(region, group, policy, breachedBy);
};

export const scale = (
  region: Region,
  group: Group,
  policy: ScalingPolicyRecord,
  breachedBy: number | undefined,
): void => {
  const desired = desiredBy(region, group, policy, breachedBy);
  if (desired === group.desired) return;
  const cause = `a monitor alarm triggered policy ${policy.name} changing the desired capacity from ${group.desired} to ${desired}.`;
  endActivity(
    region,
    startActivity(region, group, { description: `Executing policy ${policy.name}`, cause }),
    'Successful',
  );
  group.desired = desired;
  group.scaledAt = region.now();
  wake(region, group);
};

/** Finds a policy by its name (then with the group) or by its ARN. @throws AwsError ValidationError */
export const policyOf = (
  region: Region,
  input: { readonly PolicyName?: string | undefined; readonly AutoScalingGroupName?: string | undefined },
): ScalingPolicyRecord => {
  const { policies } = stateOf(region);
  const name = input.PolicyName ?? '';
  if (input.AutoScalingGroupName !== undefined) groupOf(region, input.AutoScalingGroupName);
  const found =
    policies[name] ??
    Object.values(policies).find(
      (policy) => policy.name === name && policy.group === input.AutoScalingGroupName,
    );
  if (!found) throw invalid(`PolicyName ${name} not found.`);
  return found;
};
