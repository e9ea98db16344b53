import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Channels } from '../reporting/channels';
import type { StepContext } from '../engine/context';
import { NotApproved } from '../engine/errors';
import type { LaunchTemplateRef } from '../engine/record';
import { groupKey } from '../engine/waiting/resourceKeys';
import { describeGroup, type Group } from '../fleet/group';
import { isLaunchedFrom } from '../fleet/launchedFrom';
import { notify } from '../reporting/notify';
import type { Progress } from '../engine/waiting/waitingStep';

export interface ApprovalMemo extends Record<string, unknown> {
  /** Epoch ms. */
  askedAt: number;
}

/**
 * Requests an approval once, and waits for it; `forseti approve` notes it in the record and wakes this step. Meanwhile
 * the alarms' events are handled as at all times.
 * @throws NotApproved when the time is over.
 */
export const awaitApproval = async (
  { record, settings, core }: StepContext,
  memo: Partial<ApprovalMemo>,
  save: (memo: Partial<ApprovalMemo>) => Promise<void>,
  { channels, autoScaling }: { channels: Channels; autoScaling: AutoScalingClient },
): Promise<Progress> => {
  if (record.approval) return { over: { approvedBy: record.approval.by } };
  const { percentage = 0, timeoutMinutes = 0 } = settings.rollout.approval ?? {};
  const now = core.clock();
  const askedAt = memo.askedAt ?? now;
  const until = askedAt + timeoutMinutes * 60_000;
  const group = await describeGroup(autoScaling, record.group);
  const replaced = replacedIn(group, record.launchTemplate);
  if (memo.askedAt === undefined) {
    // If the function dies in between, the approval is requested twice rather than never.
    await notify(channels, core.environment, { kind: 'approval', record, percentage, ...replaced, until });
    await save({ askedAt });
  }
  if (now >= until)
    throw new NotApproved(
      `Nobody approved the rest of the rollout of ${record.application} ${record.version} within ${String(timeoutMinutes)} minutes.`,
    );
  return {
    // Scaling and rebalancing launch the new version meanwhile: what is told follows.
    waitFor: [groupKey(record.group)],
    expectedSeconds: Math.ceil((until - now) / 1000),
    until,
    progress: `${String(replaced.replaced)} of ${String(replaced.of)} instances replaced (${String(percentage)} % were asked for); until ${new Date(until).toISOString().slice(0, 19)}Z it waits for: forseti approve ${record.deployment}`,
  };
};

/**
 * How many instances run the new version. AWS stops a refresh when its percentage is reached or passed, and scaling and
 * rebalancing go on: it may be more than was asked for.
 */
export const replacedIn = (
  { instances }: Pick<Group, 'instances'>,
  template: LaunchTemplateRef | undefined,
): { readonly replaced: number; readonly of: number } => {
  const present = instances.filter(({ lifecycle }) => /^(InService|Pending)/.test(lifecycle));
  const fresh = present.filter((member) => template !== undefined && isLaunchedFrom(member, template));
  return { replaced: fresh.length, of: present.length };
};
