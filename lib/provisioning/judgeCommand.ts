import type { Invocation } from './commands';

export interface FailedInstance {
  readonly id: string;
  readonly reason: string;
  /** False if the command never ran there. */
  readonly begun: boolean;
}

export interface CommandJudgement {
  readonly succeeded: readonly string[];
  /** No longer in the fleet: no failure, whatever the command did there. */
  readonly gone: readonly string[];
  readonly failed: readonly FailedInstance[];
  /** In the fleet, but the command never went there. */
  readonly missed: readonly string[];
}

/**
 * Compares a command's invocations with the instances that it was meant for. AWS does not count as errors an instance
 * whose agent did not answer (`DeliveryTimedOut`), nor one that its tags did not find. Here both are reported.
 */
export const judgeCommand = (
  ids: readonly string[],
  invocations: readonly Invocation[],
  gone: ReadonlySet<string>,
): CommandJudgement => {
  const byId = new Map(invocations.map((invocation) => [invocation.id, invocation]));
  const present = ids.filter((id) => !gone.has(id));
  const succeeded = present.filter((id) => byId.get(id)?.status === 'Success');
  const failed = present.flatMap((id) => {
    const invocation = byId.get(id);
    return invocation && invocation.status !== 'Success'
      ? [{ id, reason: reasonOf(invocation), begun: mayHaveBegun(invocation) }]
      : [];
  });
  return {
    succeeded,
    gone: ids.filter((id) => gone.has(id)),
    failed,
    missed: present.filter((id) => !byId.has(id)),
  };
};

const reasons: Readonly<Record<string, string>> = {
  DeliveryTimedOut: 'its SSM agent did not take the command in time',
  Undeliverable: 'its SSM agent could not be reached',
  ExecutionTimedOut: 'the playbook ran longer than it may',
  Terminated: 'the command was stopped before it began there, since too many instances had failed',
  Cancelled: 'the command was cancelled',
  InvalidPlatform: 'the document does not run on its platform',
  AccessDenied: 'its role may not run the document',
};

const neverBegun = new Set([
  'DeliveryTimedOut',
  'Undeliverable',
  'Terminated',
  'InvalidPlatform',
  'AccessDenied',
]);

/** AWS's `Pending` was not sent yet, `Delayed` could not be delivered so far; `InProgress` may run already. */
const notSent = new Set(['', 'Pending', 'Delayed']);

/** Whether anything of a command may have run on an instance; what cannot be told counts. */
export const mayHaveBegun = ({ status, details, started }: Invocation): boolean => {
  // A command that was cancelled or has expired while it ran bears the same status as one that was never taken.
  if (started === true) return true;
  if (notSent.has(status) || neverBegun.has(details)) return false;
  return status !== 'Cancelled' || started === undefined;
};

export const reasonOf = ({ status, details }: Pick<Invocation, 'status' | 'details'>): string =>
  reasons[details] ?? (status === 'Failed' ? 'the playbook failed' : `the command ended as ${details}`);

/** `10%` of 20 instances are 2, rounded down; `3` are 3. */
export const toleratedErrors = (maxErrors: string, instances: number): number =>
  maxErrors.endsWith('%')
    ? Math.floor((instances * Number(maxErrors.slice(0, -1))) / 100)
    : Number(maxErrors);
