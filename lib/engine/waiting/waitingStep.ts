import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { failsRecord, isTransient, messageOf, mustPass } from '../../aws/failure';
import { type ContextOptions, makeContext, openRecord, type StepContext } from '../context';
import type { Core } from '../core';
import { Halted } from '../errors';
import { maxFunctionTimeoutSeconds } from '../lock';
import {
  classified,
  dryRun,
  type DryRunAnswer,
  type DryRunEvent,
  isDryRun,
  lambda,
  noteFailure,
  troubleText,
} from '../step';
import { answerFailure, answerSuccess, type WaitingAnswer, type TokenTools } from './answers';
import { secondsAfterTrouble, secondsToNextPoll } from './delays';
import { isQuiet, notesOf, type Seen, stallMsOf, stallsAtOf } from './lookNotes';
import { sendPoll } from './poll';
import { makeWaits, type Wait, waitKey } from './waits';

/** From the machine: a token to park. From the waiting queue: the name of a parked step that has to poll. */
export type WaitingEvent =
  { readonly deployment: string; readonly token: string; readonly timeoutSeconds: number } | PollEvent;

export interface PollEvent {
  readonly look: string;
  /** Caused by a scheduled poll message, not by an event or a wake. */
  readonly scheduled?: true;
}

/** How a step stands after it did what was due. */
export type Progress =
  | { readonly over: unknown }
  | ({
      /** Resource keys whose events are to wake this step: `image#ID`, `command#ID`, `refresh#ID`. */
      readonly waitFor: readonly string[];
      /** Seconds until it should be over, if AWS sends no event or the time is known. */
      readonly expectedSeconds?: number;
      /**
       * Reads what keeps it, in AWS's own words; undefined where nothing is known to. It is asked only of a step that has
       * not moved on for a while, and at every look then.
       */
      readonly why?: () => Promise<string | undefined>;
    } & Seen);

/** What a step remembers between two polls. Plain JSON. */
export type Memo = Record<string, unknown>;

/**
 * The work of a waiting state, written as one function that is called again and again until it says that it is over. It
 * checks the resource itself, does what is due, and says what it waits for. It never runs twice at once.
 */
export type Reconcile<M extends Memo> = (
  context: StepContext,
  memo: Partial<M>,
  save: (memo: Partial<M>) => Promise<void>,
) => Promise<Progress>;

/** An error that has passed for transient in this many polls in a row counts as permanent. */
const maxTransientErrors = 8;

/**
 * If the machine invoked the function, a failed invocation reports the failure. If the queue did, the token has to be
 * answered.
 */
type Origin = 'machine' | 'queue';

/** A state with `.waitForTaskToken`: parks its token, polls at once, and polls again at every event or poll message. */
export const waitingStep = <M extends Memo>(
  core: Core,
  clients: { dynamodb: DynamoDBClient; sfn: SFNClient; sqs: SQSClient },
  state: string,
  reconcile: Reconcile<M>,
  options: ContextOptions = {},
) => {
  const tools: TokenTools = {
    core,
    waits: makeWaits(core.environment, clients.dynamodb),
    sfn: clients.sfn,
    sqs: clients.sqs,
  };
  const work = (wait: Wait, origin: Origin) =>
    pollUntilSettled(tools, state, reconcile, options, wait, origin);
  return lambda<WaitingEvent | DryRunEvent, WaitingAnswer | DryRunAnswer>(core, state, async (event) => {
    if (isDryRun(event)) return dryRun(core, state, event, options);
    const lease = {
      owner: core.newId(),
      now: core.clock(),
      until: core.clock() + maxFunctionTimeoutSeconds * 1000,
    };
    if ('look' in event) {
      const wait = await tools.waits.lease(event.look, lease, event.scheduled);
      if (!wait) return { state: 'busy' };
      return work(wait, 'queue');
    }
    const parked = {
      ...event,
      state,
      functionName: core.environment.functionName,
      deadlineAt: lease.now + event.timeoutSeconds * 1000,
      // Until a look has read what the settings say.
      stallsAt: lease.now + stallMsOf(undefined),
    };
    const [wait] = await Promise.all([
      tools.waits.park(parked, lease),
      core.records.beginWait(event.deployment, state, lease.now),
    ]);
    const parkedAs = { step: waitKey(event.deployment, state), functionName: parked.functionName };
    if (!wait) {
      await sendPoll(tools.sqs, core.environment.waitingQueueUrl, parkedAs, secondsToNextPoll(0));
      return { state: 'busy' };
    }
    try {
      return await work(wait, 'machine');
    } catch (error) {
      // This invocation's failure reports the error to the machine, which tries again with a new token or compensates.
      await tools.waits.close(wait).catch(() => undefined);
      throw error;
    }
  });
};

/** One poll, or more if an event arrives during it. */
const pollUntilSettled = async <M extends Memo>(
  tools: TokenTools,
  state: string,
  reconcile: Reconcile<M>,
  options: ContextOptions,
  wait: Wait,
  origin: Origin,
): Promise<WaitingAnswer> => {
  for (let looks = wait.looks; ; looks += 1) {
    const progress = await look(tools, state, reconcile, options, wait).catch((error: unknown) => ({
      error: classified(error),
    }));
    if ('error' in progress) {
      const passing = isTransient(progress.error);
      if (!passing) await failed(tools, state, options, wait, progress.error);
      else await noteTrouble(tools, state, wait, progress.error);
      if (origin === 'machine') throw progress.error;
      const transientErrors = (wait.troubles ?? 0) + 1;
      if (!passing || transientErrors >= maxTransientErrors)
        return answerFailure(tools, wait, progress.error);
      // The trouble has waits of its own, and the looks keep their count: after it they go on as they were.
      const again = { waitFor: wait.things ?? [], expectedSeconds: secondsAfterTrouble(transientErrors) };
      await rearm(tools, wait, again, looks, transientErrors);
      return { state: 'waiting' };
    }
    if ('over' in progress) return answerSuccess(tools, wait, progress.over);
    if (await rearm(tools, wait, progress, looks + 1, 0)) return { state: 'waiting' };
  }
};

/** A step that goes on, as a look saw it. */
type Waiting = Extract<Progress, { waitFor: readonly string[] }> & { readonly stallsAt?: number };

const look = async <M extends Memo>(
  { core }: TokenTools,
  state: string,
  reconcile: Reconcile<M>,
  options: ContextOptions,
  wait: Wait,
): Promise<{ readonly over: unknown } | Waiting> => {
  const [record, item] = await Promise.all([
    openRecord(core, wait.deployment, options),
    core.records.step(wait.deployment, state),
  ]);
  const memo = { ...item?.memo } as Partial<M>;
  const save = async (change: Partial<M>): Promise<void> => {
    Object.assign(memo, change);
    await core.records.setStep(wait.deployment, state, { memo });
  };
  const context = makeContext(core, state, record, options);
  // The guard runs in parallel, so that it costs no time: a step that changes nothing must notice a halt, too. The
  // token is parked before the flag is read, and the step is woken after the flag is set, so no halt is missed.
  const [progress] = await settledAll(reconcile(context, memo, save), halted(context, options));
  if ('over' in progress) return progress;
  const now = core.clock();
  const reason = progress.reason ?? (isQuiet(item, progress, now) ? await reasonOf(progress) : undefined);
  const notes = notesOf(item, { ...progress, ...(reason !== undefined && { reason }) }, now);
  if (notes) await core.records.setStep(wait.deployment, state, notes);
  const noted = { startedAt: now, ...item, ...notes };
  return { ...progress, stallsAt: stallsAtOf(noted, stallMsOf(record.settings)) };
};

/** A cause that cannot be read is told as such: the step itself went on. */
const reasonOf = async ({ why }: Pick<Waiting, 'why'>): Promise<string | undefined> =>
  why?.().catch((error: unknown) => {
    if (mustPass(error) && !isTransient(error)) throw error;
    return `The cause could not be read: ${messageOf(error)}`;
  });

/** What keeps the step is AWS itself. */
const noteTrouble = async (
  { core }: TokenTools,
  state: string,
  wait: Wait,
  error: unknown,
): Promise<void> => {
  await core.records.setStep(wait.deployment, state, { reason: troubleText(error) }).catch(() => undefined);
};

const halted = async (context: StepContext, options: ContextOptions): Promise<void> => {
  if (!options.undoing && !options.lockless) await context.guard();
};

/** Like Promise.all, but waits for both before it throws: nothing goes on unnoticed after a failure. */
const settledAll = async <First>(first: Promise<First>, second: Promise<void>): Promise<[First]> => {
  const [one, two] = await Promise.allSettled([first, second]);
  if (two.status === 'rejected') throw two.reason;
  if (one.status === 'rejected') throw one.reason;
  return [one.value];
};

const rearm = async (
  tools: TokenTools,
  wait: Wait,
  progress: Waiting,
  looks: number,
  transientErrors: number,
): Promise<boolean> => {
  const resourceKeys = [...new Set([...(wait.things ?? []), ...progress.waitFor])];
  const fresh = resourceKeys.filter((resourceKey) => !wait.things?.includes(resourceKey));
  if (fresh.length > 0) {
    await tools.waits.point(fresh, wait.step, wait.functionName);
    // If the resource was ready between the poll and the pointer, its event woke no step: the poll message finds it.
  }
  // A new resource has just begun to change, so it is polled as often as the first one was.
  const since = fresh.length > 0 ? 1 : looks;
  const seconds = secondsToNextPoll(since - 1, progress.expectedSeconds);
  const [settled] = await Promise.all([
    tools.waits.rearm(wait.step, wait.leaseOwner ?? '', {
      lookAt: tools.core.clock() + seconds * 1000,
      looks: since,
      troubles: transientErrors,
      things: resourceKeys,
      stallsAt: progress.stallsAt,
    }),
    sendPoll(tools.sqs, tools.core.environment.waitingQueueUrl, wait, seconds),
  ]);
  return settled;
};

const failed = async (
  { core }: TokenTools,
  state: string,
  options: ContextOptions,
  wait: Wait,
  error: unknown,
): Promise<void> => {
  await core.records.setStep(wait.deployment, state, { failedAt: core.clock() }).catch(() => undefined);
  // The record does not note errors of the compensation, nor those that say that it is closed or taken over.
  if (options.undoing || !failsRecord(error)) return;
  // The compensation halts a step whose time ran out, and which looks once more: that is not why it failed.
  if (error instanceof Halted && error.by === wait.deployment) return;
  await noteFailure(core, wait.deployment, state, error).catch(() => undefined);
};
