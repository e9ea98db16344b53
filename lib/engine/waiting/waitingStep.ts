import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { failsRecord, isTransient, messageOf, nameOf } from '../../aws/failure';
import { type ContextOptions, makeContext, openRecord, type StepContext } from '../context';
import type { Core } from '../core';
import { maxFunctionTimeoutSeconds } from '../lock';
import {
  classified,
  dryRun,
  type DryRunAnswer,
  type DryRunEvent,
  isDryRun,
  lambda,
  noteFailure,
} from '../step';
import { secondsToNextPoll } from './delays';
import { sendPoll } from './poll';
import { makeWaits, type Wait, type Waits, waitKey } from './waits';

/** From the machine: a token to park. From the waiting queue: the name of a parked step to look at. */
export type WaitingEvent =
  { readonly deployment: string; readonly token: string; readonly timeoutSeconds: number } | PollEvent;

export interface PollEvent {
  readonly look: string;
  /** By a look message rather than by an event. */
  readonly scheduled?: true;
}

/** How a step stands after it did what there was to do. */
export type Progress =
  | { readonly over: unknown }
  | {
      /** Things whose events are to wake this step: `image#ID`, `command#ID`, `refresh#ID`. */
      readonly waitFor: readonly string[];
      /** When it should be over, where AWS sends no event or the time is known. */
      readonly expectedSeconds?: number;
      /** For people: `14 of 20 instances`. */
      readonly progress?: string;
    };

/** What a step keeps between two looks; saved after each of them. Plain JSON. */
export type Memo = Record<string, unknown>;

/**
 * The work of a waiting state, written as one function that is called again and again until it says that it is over:
 * it looks at the thing itself, does what is due, and says what it waits for. It is never called twice at once.
 */
export type Reconcile<M extends Memo> = (
  context: StepContext,
  memo: Partial<M>,
  save: (memo: Partial<M>) => Promise<void>,
) => Promise<Progress>;

/** Passing trouble in so many looks in a row is no longer passing. */
const maxTroubles = 8;

/** What an invocation answers, for its log: the machine hears through the token. */
interface WaitingAnswer {
  readonly state: 'over' | 'waiting' | 'busy';
}

/** The machine hears of a failure by the invocation's own; a look has to answer the token. */
type Origin = 'machine' | 'queue';

interface Tools {
  readonly core: Core;
  readonly waits: Waits;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
}

/** A state with `.waitForTaskToken`: parks its token, looks at once, and again at every event or look message. */
export const waitingStep = <M extends Memo>(
  core: Core,
  clients: { dynamodb: DynamoDBClient; sfn: SFNClient; sqs: SQSClient },
  state: string,
  reconcile: Reconcile<M>,
  options: ContextOptions = {},
) => {
  const tools: Tools = {
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
    };
    const [wait] = await Promise.all([
      tools.waits.park(parked, lease),
      core.records.setStep(event.deployment, state, { startedAt: lease.now }),
    ]);
    const parkedAs = { step: waitKey(event.deployment, state), functionName: parked.functionName };
    if (!wait) {
      await sendPoll(tools.sqs, core.environment.waitingQueueUrl, parkedAs, secondsToNextPoll(0));
      return { state: 'busy' };
    }
    try {
      return await work(wait, 'machine');
    } catch (error) {
      // The machine hears of it by this invocation's own failure, and tries again with a new token or compensates.
      await tools.waits.close(wait).catch(() => undefined);
      throw error;
    }
  });
};

/** One look, or more if an event arrives during it. */
const pollUntilSettled = async <M extends Memo>(
  tools: Tools,
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
      if (origin === 'machine') throw progress.error;
      const transientErrors = (wait.troubles ?? 0) + 1;
      if (!passing || transientErrors >= maxTroubles) return answerFailure(tools, wait, progress.error);
      await rearm(tools, wait, { waitFor: wait.things ?? [] }, looks + 1, transientErrors);
      return { state: 'waiting' };
    }
    if ('over' in progress) return answerSuccess(tools, wait, progress.over);
    if (await rearm(tools, wait, progress, looks + 1, 0)) return { state: 'waiting' };
  }
};

const look = async <M extends Memo>(
  { core }: Tools,
  state: string,
  reconcile: Reconcile<M>,
  options: ContextOptions,
  wait: Wait,
): Promise<Progress> => {
  const [record, item] = await Promise.all([
    openRecord(core, wait.deployment),
    core.records.step(wait.deployment, state),
  ]);
  const memo = { ...item?.memo } as Partial<M>;
  const save = async (change: Partial<M>): Promise<void> => {
    Object.assign(memo, change);
    await core.records.setStep(wait.deployment, state, { memo });
  };
  const context = makeContext(core, state, record, options);
  // Beside the work, so that it costs no time: a step that changes nothing learns of a halt too. It parks first and
  // reads the flag after, and whoever sets the flag wakes it after.
  const [progress] = await settledAll(reconcile(context, memo, save), halted(context, options));
  if ('waitFor' in progress && progress.progress !== undefined && progress.progress !== item?.progress)
    await core.records.setStep(wait.deployment, state, { progress: progress.progress });
  return progress;
};

const halted = async (context: StepContext, options: ContextOptions): Promise<void> => {
  if (!options.undoing && !options.lockless) await context.guard();
};

/** As Promise.all, but nothing goes on unseen after a failure: both are over when it is told. */
const settledAll = async <First>(first: Promise<First>, second: Promise<void>): Promise<[First]> => {
  const [one, two] = await Promise.allSettled([first, second]);
  if (two.status === 'rejected') throw two.reason;
  if (one.status === 'rejected') throw one.reason;
  return [one.value];
};

const rearm = async (
  tools: Tools,
  wait: Wait,
  progress: Extract<Progress, { waitFor: readonly string[] }>,
  looks: number,
  transientErrors: number,
): Promise<boolean> => {
  const resourceKeys = [...new Set([...(wait.things ?? []), ...progress.waitFor])];
  const fresh = resourceKeys.filter((resourceKey) => !wait.things?.includes(resourceKey));
  if (fresh.length > 0) {
    await tools.waits.point(fresh, wait.step, wait.functionName);
    // What ended between the look and the pointer has sent its event to nobody: the look message finds it.
  }
  // A new thing has just begun: it is looked for as often as the first one was.
  const since = fresh.length > 0 ? 1 : looks;
  const seconds = secondsToNextPoll(since - 1, progress.expectedSeconds);
  const [settled] = await Promise.all([
    tools.waits.rearm(wait.step, wait.leaseOwner ?? '', {
      lookAt: tools.core.clock() + seconds * 1000,
      looks: since,
      troubles: transientErrors,
      things: resourceKeys,
    }),
    sendPoll(tools.sqs, tools.core.environment.waitingQueueUrl, wait, seconds),
  ]);
  return settled;
};

const failed = async (
  { core }: Tools,
  state: string,
  options: ContextOptions,
  wait: Wait,
  error: unknown,
): Promise<void> => {
  // Of a record that is closed, or that somebody else looks after by now, the failure is not the record's.
  if (options.undoing || !failsRecord(error)) return;
  await noteFailure(core, wait.deployment, state, error).catch(() => undefined);
};

/** The token is answered first and the row deleted then: dying in between, the next look answers again, harmlessly. */
const answerSuccess = async (tools: Tools, wait: Wait, output: unknown): Promise<WaitingAnswer> => {
  const { records, clock } = tools.core;
  await Promise.all([
    answered(() =>
      tools.sfn.send(
        new SendTaskSuccessCommand({ taskToken: wait.token, output: JSON.stringify(output ?? {}) }),
      ),
    ),
    records.setStep(wait.deployment, wait.state, { endedAt: clock() }),
  ]);
  await tools.waits.close(wait);
  return { state: 'over' };
};

const answerFailure = async (tools: Tools, wait: Wait, error: unknown): Promise<WaitingAnswer> => {
  await answered(() =>
    tools.sfn.send(
      new SendTaskFailureCommand({
        taskToken: wait.token,
        error: nameOf(error).slice(0, 256),
        cause: messageOf(error).slice(0, 32_768),
      }),
    ),
  );
  await tools.waits.close(wait);
  return { state: 'over' };
};

/** Step Functions refuses a token that was answered, or whose task timed out: either way there is nothing to answer. */
const answered = async (send: () => Promise<unknown>): Promise<void> => {
  try {
    await send();
  } catch (error) {
    if (!['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(nameOf(error))) throw error;
  }
};
