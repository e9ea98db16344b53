import middy from '@middy/core';
import { callOf, failsRecord, isTransient, messageOf, mustPass, nameOf } from '../aws/failure';
import { asError, makeLogger } from '../aws/log';
import { type ContextOptions, makeContext, openRecord, type StepContext } from './context';
import type { Core } from './core';
import type { DeploymentRecord } from './record';
import { TransientError } from './errors';

/** What a state passes to its function; ids only. */
export interface StepEvent {
  readonly deployment: string;
  /** A ping that keeps a sandbox warm while a deployment runs; the event holds nothing else. */
  readonly warm?: true;
}

/** From Preflight: asks whether this state's role may do what the deployment needs. */
export interface DryRunEvent {
  readonly deployment: string;
  readonly dryRun: true;
  /** From Plan: a planned deployment has no record in the table. */
  readonly record?: DeploymentRecord;
}

export interface DryRunAnswer {
  readonly problem?: string;
}

/** Answers a ping of {@link StepEvent.warm} before anything else happens. */
export const answerWarmth = {
  before: (request: { event: unknown }): unknown =>
    (request.event as { warm?: true } | null)?.warm === true ? { warm: true } : undefined,
};

/**
 * Gives AWS's transient errors one name, which the machine's `Retry` matches, and says which call they answer; other
 * errors stay as they are.
 */
export const classified = (error: unknown): unknown => {
  if (error instanceof TransientError || !isTransient(error)) return error;
  const call = callOf(error);
  return new TransientError(`${call === undefined ? '' : `${call}: `}${nameOf(error)}: ${messageOf(error)}`, {
    cause: error,
  });
};

/** Notes in the record why a step failed, so that the end can report it. Not for transient errors. */
export const noteFailure = async (
  core: Core,
  deployment: string,
  state: string,
  error: unknown,
): Promise<void> => {
  const problems = (error as { problems?: readonly string[] }).problems ?? [messageOf(error)];
  await core.records.fail(deployment, {
    state,
    error: nameOf(error),
    message: messageOf(error),
    problems,
    at: core.clock(),
  });
};

/**
 * Middy must not end the function just before Lambda does: the machine's Retry does not know middy's `TimeoutError`,
 * and the work would go on in the sandbox's next invocation. Lambda's own time-out (`Sandbox.Timedout`) ends the work
 * too, and the machine tries the step again.
 */
const endedByLambda = { timeoutEarlyInMillis: 0 };

/** A handler as Lambda calls it: logs its failure, gives what passes its name, answers pings. */
export const lambda = <Event, Answer>(
  core: Pick<Core, 'environment'>,
  name: string,
  run: (event: Event) => Promise<Answer>,
) => {
  const logger = makeLogger(core.environment);
  const handler = async (event: Event): Promise<Answer> => {
    try {
      return await run(event);
    } catch (error) {
      logger.error(`${name} failed`, asError(error));
      throw classified(error);
    }
  };
  return middy(handler, endedByLambda).use(answerWarmth);
};

/** Runs a step's work. A failure that is not transient is noted in the record before it is thrown to the machine. */
export const reported = async <Answer>(
  core: Core,
  deployment: string,
  state: string,
  work: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await work();
  } catch (caught) {
    const error = classified(caught);
    // A note that fails must not hide the failure itself.
    if (failsRecord(error)) await noteFailure(core, deployment, state, error).catch(() => undefined);
    throw error;
  }
};

export const isDryRun = (event: object): event is DryRunEvent => 'dryRun' in event;

/** The state's own dry run. A state without one makes no calls that EC2 could check beforehand. */
export const dryRun = async (
  core: Core,
  state: string,
  event: DryRunEvent,
  options: ContextOptions,
): Promise<DryRunAnswer> => {
  try {
    const record = event.record ?? (await openRecord(core, event.deployment));
    const problem = await options.dryRun?.(makeContext(core, state, record, options));
    return problem === undefined ? {} : { problem };
  } catch (error) {
    throw classified(error);
  }
};

/**
 * The machine tries a step again for hours while AWS throttles it. Between two tries it must notice a halt, although it
 * may never come to a change, which would.
 * @throws Halted, LockLost
 */
const noticeHalt = async (context: StepContext, options: ContextOptions, error: unknown): Promise<void> => {
  if (options.undoing || options.lockless || !isTransient(error)) return;
  await context.guard().catch((refusal: unknown) => {
    if (mustPass(refusal) && !isTransient(refusal)) throw refusal;
  });
};

/** What keeps a step is AWS itself. */
export const troubleText = (error: unknown): string => `AWS could not be asked: ${messageOf(error)}`;

/**
 * A state that is over when its function returns.
 * @param work may run twice; what it returns is the state's result.
 */
export const step = <Answer>(
  core: Core,
  state: string,
  work: (context: StepContext) => Promise<Answer>,
  options: ContextOptions = {},
) => {
  const run = async (deployment: string): Promise<Answer> => {
    const record = await openRecord(core, deployment, options);
    const context = makeContext(core, state, record, options);
    const [answer] = await Promise.all([
      work(context).catch(async (error: unknown) => {
        await Promise.all([
          noticeHalt(context, options, error),
          // The machine tries it again for long: the sweep tells what keeps it.
          isTransient(error) && core.records.setStep(deployment, state, { reason: troubleText(error) }),
        ]);
        throw error;
      }),
      core.records.beginStep(deployment, state, core.clock()),
    ]);
    return answer;
  };
  return lambda<StepEvent | DryRunEvent, Answer | DryRunAnswer>(core, state, async (event) => {
    const { deployment } = event;
    if (isDryRun(event)) return dryRun(core, state, event, options);
    if (!options.undoing) return reported(core, deployment, state, () => run(deployment));
    return run(deployment).catch((error: unknown) => {
      throw classified(error);
    });
  });
};
