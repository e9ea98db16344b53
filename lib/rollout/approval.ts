import type { Channels } from '../reporting/channels';
import type { StepContext } from '../engine/context';
import { NotApproved } from '../engine/errors';
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
  { channels }: { channels: Channels },
): Promise<Progress> => {
  if (record.approval) return { over: { approvedBy: record.approval.by } };
  const { percentage = 0, timeoutMinutes = 0 } = settings.rollout.approval ?? {};
  const now = core.clock();
  const askedAt = memo.askedAt ?? now;
  const until = askedAt + timeoutMinutes * 60_000;
  if (memo.askedAt === undefined) {
    // If the function dies in between, the approval is requested twice rather than never.
    await notify(channels, core.environment, { kind: 'approval', record, percentage, until });
    await save({ askedAt });
  }
  if (now >= until)
    throw new NotApproved(
      `Nobody approved the rest of the rollout of ${record.application} ${record.version} within ${String(timeoutMinutes)} minutes.`,
    );
  return {
    waitFor: [],
    expectedSeconds: Math.ceil((until - now) / 1000),
    progress: `${String(percentage)} % replaced; waits for: forseti approve ${record.deployment}`,
  };
};
