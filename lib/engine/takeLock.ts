import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { Core } from './core';
import { DeploymentInProgress, MustWait } from './errors';
import { maxFunctionTimeoutSeconds } from './lock';
import type { Act, LockItem } from './lockItem';
import type { DeploymentRecord } from './record';

/** The result of one try to take a lock: taken, or who holds it and why it was not taken. */
export type Taking =
  { readonly fence: number } | { readonly heldBy: LockItem; readonly why: string; readonly owner: Owner };

/**
 * The owner of a lock. `being mended`: it has ended with its record open, and Mend is going to close it. `landing`: it
 * has ended, but its last calls may still take effect. `gone`: the lock may be taken over.
 */
export type Owner = 'running' | 'being mended' | 'landing' | 'gone';

interface Try {
  readonly core: Core;
  readonly record: DeploymentRecord;
}

/**
 * Tries once to take the fleet's lock. Also takes it over from an owner that has ended, once its record is closed and
 * none of its calls can still take effect. Notes the fence in the record.
 */
export const tryLock = async ({ core, record }: Try, sfn: SFNClient, act: Act): Promise<Taking> => {
  const wanted = {
    fleet: record.group,
    owner: record.execution,
    deployment: record.deployment,
    now: core.clock(),
    act,
    ...(record.kind === 'deployment' && { since: record.acceptedAt, ...ordered(record) }),
  };
  let taken = await core.locks.take(wanted);
  let owner: Owner = 'running';
  if ('heldBy' in taken) {
    owner = await ownerOf(core, taken.heldBy, sfn);
    if (owner === 'gone') taken = await core.locks.take(wanted, taken.heldBy);
  }
  if ('heldBy' in taken)
    return { heldBy: taken.heldBy, owner, why: whyHeld(record.group, taken.heldBy, owner) };
  await core.records.set(record.deployment, { fence: taken.hold.fence });
  return { fence: taken.hold.fence };
};

const whyHeld = (fleet: string, { deployment, takenAt }: LockItem, owner: Owner): string => {
  const since = takenAt === undefined ? '' : ` since ${new Date(takenAt).toISOString()}`;
  const state = owner === 'being mended' ? ', which was stopped and is being mended' : '';
  return (
    `Fleet ${fleet} is locked by ${deployment ?? 'another execution'}${since}${state}; ` +
    'one deployment or rollback runs per fleet.'
  );
};

/**
 * Takes the fleet's lock.
 * @throws MustWait if the settings say that the request waits for it, otherwise DeploymentInProgress.
 */
export const takeLock = async (attempt: Try, sfn: SFNClient): Promise<{ fence: number }> => {
  const taking = await tryLock(attempt, sfn, 'person');
  if ('fence' in taking) return taking;
  const { record } = attempt;
  if (mustWait(record)) throw new MustWait(taking.why);
  throw new DeploymentInProgress(
    `${taking.why} Wait for its end, then start again; or let it wait for its turn: ` +
      `forseti deploy ${record.application} ${record.version} --concurrency queue-latest`,
  );
};

const ordered = ({ order }: Pick<DeploymentRecord, 'order'>) => (order === undefined ? {} : { order });

/** What the request asks for, or else the settings. Records of an older format have it in the settings alone. */
const mustWait = ({ concurrency, settings }: Pick<DeploymentRecord, 'concurrency' | 'settings'>): boolean =>
  (concurrency ?? settings.concurrency) === 'queue-latest';

/** Stopping an execution does not stop its Lambda function: after its end, the longest function time-out has to pass. */
export const ownerOf = async (core: Core, lock: LockItem, sfn: SFNClient): Promise<Owner> => {
  if (lock.owner === undefined) return 'gone';
  const ended = await endOfExecution(sfn, lock.owner);
  if (ended === 'running') return 'running';
  const held = lock.deployment === undefined ? undefined : await core.records.find(lock.deployment);
  if (held && held.closedAt === undefined) return 'being mended';
  if (ended === 'forgotten') return 'gone';
  return core.clock() - ended.at >= maxFunctionTimeoutSeconds * 1000 ? 'gone' : 'landing';
};

/** Step Functions forgets executions 90 days after their end. */
export const endOfExecution = async (
  sfn: SFNClient,
  executionArn: string,
): Promise<'running' | 'forgotten' | EndedExecution> => {
  try {
    const { status, stopDate, cause, error, input } = await sfn.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE' || stopDate === undefined) return 'running';
    return { status: status ?? '', at: stopDate.getTime(), cause, error, input };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'forgotten';
    throw error;
  }
};

export interface EndedExecution {
  readonly status: string;
  /** Epoch ms. */
  readonly at: number;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly input: string | undefined;
}
