import type { Core } from '../engine/core';
import { movedAtOf } from '../engine/waiting/lookNotes';
import type { Wait, Waits } from '../engine/waiting/waits';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';

export interface StallTools {
  readonly core: Core;
  readonly waits: Waits;
  readonly channels: Channels;
}

/** Longer than a sweep takes. */
const claimMs = 2 * 60_000;

/** Steps that have stood still too long, and of which nobody was notified yet. */
export const stalledNow = (rows: readonly Wait[], now: number): Wait[] =>
  rows.filter(
    ({ stallsAt, toldStall }) => stallsAt !== undefined && stallsAt <= now && toldStall !== stallsAt,
  );

/**
 * Notifies once of a step that stands still, with what its last look saw. It is the sweep that does so, and not the step:
 * a step whose function dies at each look is told as well.
 * @returns whether a message was sent.
 */
export const tellStall = async ({ core, waits, channels }: StallTools, row: Wait): Promise<boolean> => {
  const now = core.clock();
  if (!(await waits.claimStall(row, now, now + claimMs))) return false;
  const [record, step] = await Promise.all([
    core.records.find(row.deployment),
    core.records.step(row.deployment, row.state),
  ]);
  const told = record !== undefined && record.closedAt === undefined;
  if (told)
    await notify(channels, core.environment, {
      kind: 'stalled',
      record,
      state: row.state,
      since: step === undefined ? now : movedAtOf(step),
      until: row.deadlineAt,
      at: now,
      ...(step?.progress !== undefined && { progress: step.progress }),
      ...(step?.reason !== undefined && step.reason !== '' && { reason: step.reason }),
    });
  await waits.stallTold(row);
  return told;
};
