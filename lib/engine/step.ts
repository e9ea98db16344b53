import middy from '@middy/core';
import { failsRecord, isTransient, messageOf, nameOf } from '../aws/failure';
import { asError, makeLogger } from '../aws/log';
import { type ContextOptions, makeContext, openRecord, type StepContext } from './context';
import type { Core } from './core';
import type { DeploymentRecord } from './record';
import { TransientError } from './errors';

/** What a state hands to its function; ids only. */
export interface StepEvent {
  readonly deployment: string;
  /** A ping that keeps a sandbox warm while a deployment runs; nothing else is in it then. */
  readonly warm?: true;
}

/** From Preflight: may this state's role do what the deployment will ask of it? */
export interface DryRunEvent {
  readonly deployment: string;
  readonly dryRun: true;
  /** From Plan: what is only planned has no record in the table. */
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

/** AWS's passing trouble under one name, which the machine's `Retry` matches; everything else as it is. */
export const classified = (error: unknown): unknown =>
  !(error instanceof TransientError) && isTransient(error)
    ? new TransientError(`${nameOf(error)}: ${messageOf(error)}`, { cause: error })
    : error;

/** Notes in the record why a step failed, so that the end can tell it; passing trouble is not noted. */
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
 * Not by middy, just before: its `TimeoutError` is no name that the machine's Retry knows, and the work would go on in
 * the sandbox's next invocation. Lambda's own time-out (`Sandbox.Timedout`) ends both, and is tried again.
 */
const endedByLambda = { timeoutEarlyInMillis: 0 };

/** A handler as Lambda calls it: logs its failure, answers pings. */
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
      throw error;
    }
  };
  return middy(handler, endedByLambda).use(answerWarmth);
};

/** Runs a step's work; a failure that is not passing is noted in the record before it is told to the machine. */
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
    // That it could not be noted must not hide the failure itself.
    if (failsRecord(error)) await noteFailure(core, deployment, state, error).catch(() => undefined);
    throw error;
  }
};

export const isDryRun = (event: object): event is DryRunEvent => 'dryRun' in event;

/** The state's own dry run; a state that has none has nothing that EC2 could tell beforehand. */
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
    const [answer] = await Promise.all([
      work(makeContext(core, state, record, options)),
      core.records.setStep(deployment, state, { startedAt: core.clock() }),
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
