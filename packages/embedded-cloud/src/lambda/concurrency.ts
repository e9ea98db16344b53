/** How many invocations an account may run at once, and what of it is set aside (Developer Guide, "Lambda function scaling"). */
import { AwsError } from '../core/errors';
import type { Region, Service } from '../core/service';
import type { LambdaFunction } from './state';

/** Service Quotas' code of "Concurrent executions". */
export const concurrencyQuota = 'L-B99A9384';

/** Unless the quota says otherwise. */
const defaultLimit = 1000;

/** So many must stay without a reservation, or as many as a small account has at all. */
const leastUnreserved = 100;

interface Quotas extends Service {
  value?(service: string, code: string): number | undefined;
}

export interface AccountConcurrency {
  readonly limit: number;
  /** What functions without a reservation share. */
  readonly unreserved: number;
}

type Functions = Readonly<Record<string, LambdaFunction>>;

export const accountConcurrency = (region: Region, functions: Functions): AccountConcurrency => {
  const quotas = region.service('servicequotas') as Quotas | undefined;
  const limit = quotas?.value?.('lambda', concurrencyQuota) ?? defaultLimit;
  const reserved = Object.values(functions).reduce((sum, one) => sum + (one.reservedConcurrency ?? 0), 0);
  return { limit, unreserved: limit - reserved };
};

/**
 * Whether a function may set so much aside for itself.
 * @throws AwsError InvalidParameterValueException, in Lambda's words
 */
export const checkReservation = (
  region: Region,
  functions: Functions,
  functionName: string,
  reserved: number | undefined,
): void => {
  if (reserved === undefined) return;
  const others = Object.fromEntries(Object.entries(functions).filter(([name]) => name !== functionName));
  const { limit, unreserved } = accountConcurrency(region, others);
  const least = Math.min(leastUnreserved, limit);
  // Nothing set aside is no reservation: it switches the function off.
  if (reserved === 0 || unreserved - reserved >= least) return;
  throw new AwsError(
    'InvalidParameterValueException',
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution " +
      `below its minimum value of [${String(least)}].`,
    { Type: 'User' },
  );
};
