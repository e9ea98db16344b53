import type {
  CompleteLifecycleActionCommandInput,
  DeleteLifecycleHookCommandInput,
  DescribeLifecycleHooksCommandInput,
  DescribeLifecycleHooksCommandOutput,
  PutLifecycleHookCommandInput,
  RecordLifecycleActionHeartbeatCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { Action } from '../../core/service';
import { groupOf, groupToChange, invalid } from '../groups';
import { waitingMember } from '../hooks';
import { completeHook } from '../hookResults';
import { onEverything, onGroup } from '../requirements';
import type { LifecycleHook } from '../state';

export const putLifecycleHook: Action<PutLifecycleHookCommandInput, object> = {
  requires: onGroup('PutLifecycleHook'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const name = input.LifecycleHookName ?? '';
    const before = group.hooks[name];
    const transition = (input.LifecycleTransition ?? before?.transition) as
      LifecycleHook['transition'] | undefined;
    if (transition === undefined) throw invalid('A lifecycle transition must be specified for a new hook.');
    const timeoutSeconds = input.HeartbeatTimeout ?? before?.timeoutSeconds ?? 3600;
    if (timeoutSeconds < 30 || timeoutSeconds > 7200)
      throw invalid('Heartbeat timeout must be from 30 to 7200 seconds.');
    group.hooks[name] = {
      name,
      transition,
      timeoutSeconds,
      defaultResult: (input.DefaultResult ??
        before?.defaultResult ??
        'ABANDON') as LifecycleHook['defaultResult'],
      ...(input.NotificationTargetARN === undefined
        ? {}
        : { notificationTarget: input.NotificationTargetARN }),
      ...(input.RoleARN === undefined ? {} : { role: input.RoleARN }),
      ...(input.NotificationMetadata === undefined ? {} : { metadata: input.NotificationMetadata }),
      ...(before?.completes && { completes: before.completes }),
    };
    return {};
  },
};

export const deleteLifecycleHook: Action<DeleteLifecycleHookCommandInput, object> = {
  requires: onGroup('DeleteLifecycleHook'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const name = input.LifecycleHookName ?? '';
    if (!group.hooks[name]) throw invalid(`No Lifecycle Hook found with the name: ${name}`);
    delete group.hooks[name];
    return {};
  },
};

export const describeLifecycleHooks: Action<
  DescribeLifecycleHooksCommandInput,
  Omit<DescribeLifecycleHooksCommandOutput, '$metadata'>
> = {
  requires: onEverything('DescribeLifecycleHooks'),
  run(input, region) {
    const group = groupOf(region, input.AutoScalingGroupName);
    const names = input.LifecycleHookNames ?? [];
    const found = Object.values(group.hooks).filter(({ name }) => names.length === 0 || names.includes(name));
    return {
      LifecycleHooks: found.map((hook) => ({
        LifecycleHookName: hook.name,
        AutoScalingGroupName: group.name,
        LifecycleTransition: hook.transition,
        HeartbeatTimeout: hook.timeoutSeconds,
        GlobalTimeout: Math.min(172_800, hook.timeoutSeconds * 100),
        DefaultResult: hook.defaultResult,
        NotificationTargetARN: hook.notificationTarget,
        RoleARN: hook.role,
        NotificationMetadata: hook.metadata,
      })),
    };
  },
};

const noActive = (instanceId: string | undefined) =>
  invalid(`No active Lifecycle Action found with instance ID ${instanceId ?? ''}`);

const wanted = (input: CompleteLifecycleActionCommandInput | RecordLifecycleActionHeartbeatCommandInput) => ({
  hook: input.LifecycleHookName ?? '',
  token: input.LifecycleActionToken,
  instanceId: input.InstanceId,
});

export const completeLifecycleAction: Action<CompleteLifecycleActionCommandInput, object> = {
  requires: onGroup('CompleteLifecycleAction'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const member = waitingMember(group, wanted(input));
    if (!member) throw noActive(input.InstanceId);
    completeHook(region, group, member, input.LifecycleActionResult === 'CONTINUE' ? 'CONTINUE' : 'ABANDON');
    return {};
  },
};

export const recordLifecycleActionHeartbeat: Action<RecordLifecycleActionHeartbeatCommandInput, object> = {
  requires: onGroup('RecordLifecycleActionHeartbeat'),
  run(input, region, caller) {
    const group = groupToChange(region, input.AutoScalingGroupName, caller);
    const member = waitingMember(group, wanted(input));
    const hook = group.hooks[member?.hook?.name ?? ''];
    if (!member?.hook || !hook) throw noActive(input.InstanceId);
    member.hook.deadline = region.now() + hook.timeoutSeconds * 1000;
    const payload = { instanceId: member.id, token: member.hook.token };
    region.schedule(hook.timeoutSeconds * 1000, 'autoscaling', 'hookTimeout', payload);
    return {};
  },
};
