/** Classifies errors of the SDK. */

const throttled = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

const passing = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'Unavailable',
  'RequestTimeout',
  'TimeoutError',
  // Node's error codes for a region that cannot be reached.
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // Auto Scaling: another change of the group is under way; the SDK does not retry it by itself.
  'ResourceContentionFault',
  'ScalingActivityInProgressFault',
  // DynamoDB: two writers met in one transaction or on one item of a global table.
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
]);

/** The error's stable name, whatever was thrown. */
export const nameOf = (error: unknown): string =>
  error instanceof Error ? error.name : typeof error === 'string' ? error : 'UnknownError';

const calls = new WeakMap<object, string>();

/** Notes which call of AWS an error answers: `EC2 DescribeInstances`. */
export const noteCall = (error: unknown, call: string): void => {
  if (typeof error === 'object' && error !== null) calls.set(error, call);
};

/** The call of AWS that failed, if the error is one of the SDK. */
export const callOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? calls.get(error) : undefined;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What our own errors declare about themselves (lib/engine/errors.ts). */
interface Declared {
  readonly retry?: 'transient' | 'never';
  readonly controlFlow?: boolean;
  readonly failsRecord?: boolean;
}
// Other errors declare none of these.
const declaredBy = (error: unknown): Declared => (error instanceof Error ? (error as Declared) : {});

/** Whether a later try may succeed: throttling, or a transient error of AWS. */
export const isTransient = (error: unknown): boolean => {
  const { retry } = declaredBy(error);
  if (retry !== undefined) return retry === 'transient';
  const name = nameOf(error);
  const { code = '' } = (error ?? {}) as { readonly code?: unknown };
  if (throttled.has(name) || passing.has(name) || passing.has(String(code))) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  return status !== undefined && status >= 500;
};

/**
 * Whether a general catch has to throw the error again: a transient error, or one that says that the execution may not
 * go on.
 */
export const mustPass = (error: unknown): boolean =>
  declaredBy(error).controlFlow === true || isTransient(error);

/** Whether the record gives the error as the reason why the deployment failed. */
export const failsRecord = (error: unknown): boolean => declaredBy(error).failsRecord ?? true;
