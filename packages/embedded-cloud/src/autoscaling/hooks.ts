/**
 * Lifecycle hooks: an instance waits until the lifecycle action is completed, or until the time-out's default applies.
 */
import type { Region } from '../core/service';
import { allMembers } from './groups';
import type { Group, LifecycleHook, Member } from './state';

/** The first hook of that transition. AWS runs all hooks of a transition side by side; here only one is simulated. */
export const hookFor = (group: Group, transition: LifecycleHook['transition']): LifecycleHook | undefined =>
  Object.values(group.hooks).find((hook) => hook.transition === transition);

export const beginHook = (region: Region, group: Group, member: Member, hook: LifecycleHook): void => {
  const token = region.newId();
  const deadline = region.now() + hook.timeoutSeconds * 1000;
  member.hook = { name: hook.name, token, startedAt: region.now(), deadline };
  const launching = hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
  region.schedule(hook.timeoutSeconds * 1000, 'autoscaling', 'hookTimeout', { instanceId: member.id, token });
  if (hook.completes)
    region.schedule(hook.completes.afterMs, 'autoscaling', 'hookCompletes', {
      instanceId: member.id,
      token,
      result: hook.completes.result,
    });
  region.publish({
    source: 'aws.autoscaling',
    detailType: `EC2 Instance-${launching ? 'launch' : 'terminate'} Lifecycle Action`,
    resources: [group.arn],
    detail: {
      LifecycleActionToken: token,
      AutoScalingGroupName: group.name,
      LifecycleHookName: hook.name,
      EC2InstanceId: member.id,
      LifecycleTransition: hook.transition,
      ...(hook.metadata === undefined ? {} : { NotificationMetadata: hook.metadata }),
    },
  });
};

/** The member that waits on this token or, without a token, on this hook and instance. */
export const waitingMember = (
  group: Group,
  wanted: {
    readonly hook: string;
    readonly token?: string | undefined;
    readonly instanceId?: string | undefined;
  },
): Member | undefined =>
  allMembers(group).find(
    ({ id, hook }) =>
      hook?.name === wanted.hook &&
      (wanted.token === undefined ? id === wanted.instanceId : hook.token === wanted.token),
  );
