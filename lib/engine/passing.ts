import type { End } from './outcome';
import type { StepItem } from './record';

/**
 * Errors that say that AWS was in the way, and nothing of the step: it throttled or did not answer, or Lambda ran no
 * function. The machines try them again for hours (`&passing` in statemachines/).
 */
export const passingErrors = [
  'TransientError',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
] as const;

export const isPassing = (error: string): boolean => (passingErrors as readonly string[]).includes(error);

const compensation = ['step#Undo', 'step#Restore', 'step#CleanUp', 'step#CompleteRestored'];

/** How long the step that failed was tried. Times are epoch milliseconds. */
export const triedMs = (
  steps: readonly Pick<StepItem, 'item' | 'startedAt'>[],
  { acceptedAt, now }: { readonly acceptedAt: number; readonly now: number },
): number => {
  const begun = (undoing: boolean): number[] =>
    steps
      .filter(({ item }) => compensation.includes(item) === undoing)
      .map(({ startedAt }) => startedAt)
      .filter((at) => typeof at === 'number');
  return Math.max(0, Math.min(now, ...begun(true)) - Math.max(acceptedAt, ...begun(false)));
};

const spanOf = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${String(Math.round(ms / 1000))} seconds`;
  if (minutes < 120) return `${String(minutes)} minute${minutes === 1 ? '' : 's'}`;
  return `${String(Math.floor(minutes / 60))} hours ${String(minutes % 60)} minutes`;
};

/** The end says that nothing was judged, for how long it was tried, and what follows. */
export const withTries = (end: End, ms: number, then?: string): End => {
  const call = end.error.startsWith('Lambda.') ? `Lambda Invoke: ${end.message}` : end.message;
  const message =
    `AWS could not be asked: ${call.replace(/[.\s]*$/, '')}. This was tried again for ${spanOf(ms)}.` +
    (then === undefined ? '' : ` ${then}`);
  return { ...end, message, problems: [message] };
};
