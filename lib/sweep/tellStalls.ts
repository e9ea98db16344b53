import type { Core } from '../engine/core';
import type { DeploymentRecord, StepItem } from '../engine/record';
import { runningStep, stateOfStep } from '../engine/runningStep';
import { movedAtOf, stallMsOf } from '../engine/waiting/lookNotes';
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

interface Standing {
  readonly state: string;
  readonly step: StepItem | undefined;
  /** When its time is over; epoch ms, if it is known. */
  readonly until?: number;
  /** Since when it stands still; when it moved on last unless given. */
  readonly since?: number;
}

const tell = (
  { core, channels }: StallTools,
  record: DeploymentRecord,
  { state, step, until, since }: Standing,
): Promise<void> => {
  const at = core.clock();
  const reason = step?.reason ?? '';
  return notify(channels, core.environment, {
    kind: 'stalled',
    record,
    state,
    since: since ?? (step === undefined ? at : movedAtOf(step)),
    at,
    ...(until !== undefined && { until }),
    ...(step?.progress !== undefined && { progress: step.progress }),
    ...(reason !== '' && { reason }),
  });
};

/**
 * Notifies once of a step that stands still, with what its last look saw. It is the sweep that does so, and not the step:
 * a step whose function dies at each look is told as well.
 * @returns whether a message was sent.
 */
export const tellStall = async (tools: StallTools, row: Wait): Promise<boolean> => {
  const { core, waits } = tools;
  const now = core.clock();
  if (!(await waits.claimStall(row, now, now + claimMs))) return false;
  const [record, step] = await Promise.all([
    core.records.find(row.deployment),
    core.records.step(row.deployment, row.state),
  ]);
  const told = record !== undefined && record.closedAt === undefined;
  if (told) await tell(tools, record, { state: row.state, step, until: row.deadlineAt });
  await waits.stallTold(row);
  return told;
};

/**
 * As {@link tellStall}, of open records of which no token is parked: the machine tries a step again and again, since AWS
 * throttles it or Lambda does not run it.
 * @returns how many were told.
 */
export const tellRetried = async (tools: StallTools, parked: readonly Wait[]): Promise<number> => {
  const { core } = tools;
  const now = core.clock();
  const waiting = new Set(parked.map(({ deployment }) => deployment));
  const open = (await core.records.due('open')).filter(
    ({ deployment, acceptedAt, settings }) =>
      !waiting.has(deployment) && now - acceptedAt >= stallMsOf(settings),
  );
  const told = await Promise.all(open.map((record) => tellRetriedStep(tools, record)));
  return told.filter((one) => one).length;
};

const lastNoteOf = ({ startedAt, endedAt = 0, failedAt = 0, movedAt = 0, until = 0 }: StepItem): number =>
  Math.max(startedAt, endedAt, failedAt, movedAt, until);

const tellRetriedStep = async (tools: StallTools, record: DeploymentRecord): Promise<boolean> => {
  const { core } = tools;
  const steps = await core.records.steps(record.deployment);
  const step = runningStep(steps);
  if (!step) return false;
  // A step that is over when its function returns notes no end: the last of all notes tells when something happened.
  const since = Math.max(...steps.map(lastNoteOf));
  const stallsAt = since + stallMsOf(record.settings);
  if (stallsAt > core.clock() || !(await core.records.claimStall(step, stallsAt))) return false;
  await tell(tools, record, { state: stateOfStep(step), step, since });
  return true;
};
