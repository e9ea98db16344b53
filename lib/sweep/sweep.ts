import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { holdOf } from '../engine/context';
import type { Core } from '../engine/core';
import type { LockItem } from '../engine/lockItem';
import { repairStopped } from '../deployment/startMend';
import { keepWarm } from '../engine/warmth';
import { nameOf } from '../aws/failure';
import { asError } from '../aws/log';
import { relieve } from '../scaling/relief';
import { sendPoll } from '../engine/waiting/poll';
import type { Channels } from '../reporting/channels';
import type { Waits } from '../engine/waiting/waits';
import { stalledNow, tellRetried, tellStall } from './tellStalls';

export interface SweepTools {
  readonly core: Core;
  readonly waits: Waits;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly autoScaling: AutoScalingClient;
  readonly channels: Channels;
  /** Ends switches whose time is over and whose own machine is lost. */
  readonly endOverdue: () => Promise<number>;
  /** Tells of tags that led to no deployment, many of a short time at once. */
  readonly tellRefused: () => Promise<number>;
  readonly logger: { error: (message: string, error: Error) => void };
}

/** A poll that is this much overdue has been lost. */
const lostAfterMs = 60_000;
/** Past its deadline, a token was answered by the machine's own time-out; its row is kept this long for people to see. */
const forgottenAfterMs = 60 * 60_000;

/** Sandboxes stay warm for some minutes (AWS does not say how many; five are seen at least). */
const minutesBetweenPings = 4;
const isTimeToPing = (now: number): boolean => Math.floor(now / 60_000) % minutesBetweenPings === 0;

/** Their events almost always come; the sweep still checks every fifth minute. */
const isTimeToRepair = (now: number): boolean => Math.floor(now / 60_000) % 5 === 0;

/** What a sweep did, for its log. */
export interface Swept {
  readonly rearmed: number;
  readonly forgotten: number;
  readonly running: number;
  readonly mending: number;
  readonly stalled: number;
}

/** A failure of one fleet or row does not keep the others from being swept; the function fails at the end. */
export const sweep = async (tools: SweepTools): Promise<Swept> => {
  const { core, waits } = tools;
  const now = core.clock();
  const [{ waits: rows, strays }, locks] = await Promise.all([waits.all(), core.locks.held()]);
  const dead = rows.filter(({ deadlineAt }) => deadlineAt + forgottenAfterMs < now);
  const overdue = rows.filter((row) => !dead.includes(row) && row.lookAt + lostAfterMs < now);
  const stalled = stalledNow(rows, now).filter((row) => !dead.includes(row));
  let mending = 0;
  let retried = 0;
  const ended = await Promise.allSettled([
    ...overdue.map((row) => sendPoll(tools.sqs, core.environment.waitingQueueUrl, row, 0)),
    ...dead.map((row) => waits.close(row)),
    ...strays.map(({ thing: resourceKey, step }) => waits.unpoint([resourceKey], step)),
    ...stalled.map((row) => tellStall(tools, row)),
    tellRetried(tools, rows).then((told) => {
      retried = told;
    }),
    ...locks.map((lock) => relieveFleet(tools, lock)),
    tools.endOverdue(),
    tools.tellRefused(),
    ...(locks.length > 0 && isTimeToPing(now) ? [keepWarm(tools.lambda, core.environment)] : []),
    ...(isTimeToRepair(now)
      ? [
          repairStopped(tools).then((started) => {
            mending = started;
          }),
        ]
      : []),
  ]);
  const failed = ended.flatMap((result) => (result.status === 'rejected' ? [asError(result.reason)] : []));
  for (const error of failed) tools.logger.error('A part of the sweep failed', error);
  if (failed[0]) throw failed[0];
  return {
    rearmed: overdue.length,
    forgotten: dead.length,
    running: locks.length,
    mending,
    stalled: stalled.length + retried,
  };
};

const relieveFleet = async ({ core, autoScaling }: SweepTools, lock: LockItem): Promise<void> => {
  const record = lock.deployment === undefined ? undefined : await core.records.find(lock.deployment);
  if (!record || record.closedAt !== undefined || record.execution !== lock.owner) return;
  await relieve({ core, autoScaling, record, guard: () => core.locks.guard(holdOf(record)) }).catch(
    (error: unknown) => {
      // Its compensation resumes launching.
      if (!['Halted', 'LockLost'].includes(nameOf(error))) throw error;
    },
  );
};
