import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { invokeOnce, type Invoker } from './invocation';
import type { FunctionError } from './answer';
import type { LambdaFunction } from './state';

/** The payload of an agenda entry: an event in Lambda's own queue. */
export interface Waiting {
  readonly functionName: string;
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** Failed attempts. */
  readonly failures: number;
  /** Throttled attempts since the last that was not throttled. */
  readonly refusals: number;
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;

/** Lambda waits one minute before the second attempt and two before the third. */
export const retryDelayMs = (failures: number): number => Math.min(failures, 2) * minuteMs;

/** After a throttled attempt: 1 s, doubled each time, at most 5 minutes. */
export const throttledDelayMs = (refusals: number): number =>
  Math.min(secondMs * 2 ** Math.max(0, refusals - 1), 5 * minuteMs);

/**
 * What follows a failed attempt: another attempt, or the end (Developer Guide, "How Lambda handles errors and
 * retries").
 */
export const afterFailure = (
  definition: LambdaFunction,
  waiting: Waiting,
  now: number,
): { readonly again: number } | { readonly end: 'RetriesExhausted' | 'EventAgeExceeded' } => {
  const { maximumRetryAttempts = 2, maximumEventAgeSeconds = 21_600 } = definition.eventInvokeConfig ?? {};
  if (waiting.refusals === 0 && waiting.failures > maximumRetryAttempts) return { end: 'RetriesExhausted' };
  const again = waiting.refusals > 0 ? throttledDelayMs(waiting.refusals) : retryDelayMs(waiting.failures);
  const age = now + again - waiting.acceptedAt;
  return age > maximumEventAgeSeconds * secondMs ? { end: 'EventAgeExceeded' } : { again };
};

/** The record that Lambda sends to an on-failure destination. */
export const failureRecord = (
  definition: LambdaFunction,
  waiting: Waiting,
  condition: string,
  error: FunctionError | undefined,
  now: number,
): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: waiting.requestId,
      functionArn: `${definition.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: waiting.failures,
    },
    requestPayload: JSON.parse(waiting.payload) as unknown,
    ...(error && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: error,
    }),
  });

/** The services that receive events which Lambda gave up, as far as Lambda needs them. */
interface Takers {
  readonly send?: (queueArn: string, body: string) => unknown;
  readonly publish?: (topicArn: string, message: string) => unknown;
}

const handOver = async (region: Region, arn: string, body: string): Promise<void> => {
  const isQueue = arn.split(':')[2] === 'sqs';
  const taker = region.service(isQueue ? 'sqs' : 'sns') as Takers;
  await (isQueue ? taker.send?.(arn, body) : taker.publish?.(arn, body));
};

const giveUp = async (
  { region }: Invoker,
  definition: LambdaFunction,
  waiting: Waiting,
  condition: string,
  error: FunctionError | undefined,
): Promise<void> => {
  const destination = definition.eventInvokeConfig?.onFailureArn;
  if (destination !== undefined)
    await handOver(region, destination, failureRecord(definition, waiting, condition, error, region.now()));
  if (definition.deadLetterArn !== undefined)
    await handOver(region, definition.deadLetterArn, waiting.payload);
};

const attempt = async (
  invoker: Invoker,
  definition: LambdaFunction,
  waiting: Waiting,
): Promise<{ readonly next: Waiting; readonly error?: FunctionError } | undefined> => {
  try {
    const outcome = await invokeOnce(invoker, definition, waiting.payload, waiting.requestId);
    if ('payload' in outcome) return undefined;
    return { next: { ...waiting, failures: waiting.failures + 1, refusals: 0 }, error: outcome.error };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { next: { ...waiting, refusals: waiting.refusals + 1 } };
  }
};

/** Makes one attempt at an event of Lambda's queue, and schedules or ends the rest. */
export const deliver = async (invoker: Invoker, waiting: Waiting): Promise<void> => {
  const definition = invoker.state().functions[waiting.functionName];
  if (!definition) return;
  const failed = await attempt(invoker, definition, waiting);
  if (!failed) return;
  const { region } = invoker;
  const decision = afterFailure(definition, failed.next, region.now());
  if ('again' in decision) region.schedule(decision.again, 'lambda', 'attempt', failed.next);
  else await giveUp(invoker, definition, failed.next, decision.end, failed.error);
};
