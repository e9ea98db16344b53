import type { Command, Invocation, InvocationStatus } from '../state';
import { toleratedErrors } from './rates';

const ended: readonly InvocationStatus[] = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

export const hasEnded = ({ status }: { readonly status: InvocationStatus }): boolean =>
  ended.includes(status);

/** AWS: timed-out deliveries, undeliverable and terminated invocations do not count against MaxErrors. */
export const countsAsError = ({ statusDetails }: Invocation): boolean =>
  statusDetails === 'Failed' || statusDetails === 'ExecutionTimedOut';

export const tooManyErrors = ({ invocations, maxErrors }: Command): boolean =>
  invocations.filter(countsAsError).length > toleratedErrors(maxErrors, invocations.length);

/**
 * A command's status from those of its invocations ("Understanding command statuses"). Valid only once all have
 * ended.
 */
export const finalStatus = (command: Command): { status: InvocationStatus; statusDetails: string } => {
  const { invocations } = command;
  const all = (details: string) =>
    invocations.length > 0 && invocations.every(({ statusDetails }) => statusDetails === details);
  const any = (details: string) => invocations.some(({ statusDetails }) => statusDetails === details);
  if (invocations.length === 0)
    return {
      status: 'Success',
      statusDetails: command.targets.length > 0 ? 'NoInstancesInTag' : 'Success',
    };
  if (command.cancelled) return { status: 'Cancelled', statusDetails: 'Cancelled' };
  if (all('Success')) return { status: 'Success', statusDetails: 'Success' };
  if (tooManyErrors(command))
    return any('Failed')
      ? { status: 'Failed', statusDetails: 'Failed' }
      : { status: 'TimedOut', statusDetails: 'ExecutionTimedOut' };
  if (all('DeliveryTimedOut')) return { status: 'TimedOut', statusDetails: 'DeliveryTimedOut' };
  // AWS: if all are undeliverable, the command failed. If only some are and the others succeeded, it succeeded.
  if (all('Undeliverable')) return { status: 'Failed', statusDetails: 'Failed' };
  if (invocations.every(({ statusDetails }) => ['Success', 'Undeliverable'].includes(statusDetails)))
    return { status: 'Success', statusDetails: 'Success' };
  return { status: 'Failed', statusDetails: 'Incomplete' };
};
