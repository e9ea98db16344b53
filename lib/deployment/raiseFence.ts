import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Core } from '../engine/core';
import { isOpen } from '../engine/effect';
import type { LockItem } from '../engine/lockItem';
import { maxFunctionTimeoutSeconds } from '../engine/lock';
import type { Deadlines, DeploymentRecord } from '../engine/record';
import type { Failure, RecordKind } from '../engine/outcome';
import { endOfExecution, type EndedExecution, ownerOf } from '../engine/takeLock';

export interface RaiseFenceEvent {
  /** The execution that ended. */
  readonly execution: string;
  /** Mend's own execution, which takes over the lock. */
  readonly mender: string;
}

/** What is to be done for an execution that has ended, and how long its last calls may still take effect. */
export interface Fenced {
  readonly deployment: string;
  /**
   * `undo`: everything. `close`: the record only. `remove`: retained images. `unlock`: the record is closed. `nothing`:
   * no repair is needed, or another execution does it.
   */
  readonly next: 'undo' | 'close' | 'remove' | 'unlock' | 'nothing';
  readonly why: string;
  readonly kind: RecordKind;
  /** The input of the ended execution, for the record of a request that never got one. */
  readonly input: unknown;
  readonly waitSeconds: number;
  readonly timeouts: Deadlines;
}

const hour = 3_600;
const defaultTimeouts = { Undo: 2 * hour, Restore: 6 * hour };

/**
 * The first step of a repair: reads what the ended execution left, and takes over its lock under a new fence, so that
 * the execution can change nothing more. It is called again after the longest function time-out, to see what took
 * effect since.
 */
export const raiseFence = async (core: Core, sfn: SFNClient, event: RaiseFenceEvent): Promise<Fenced> => {
  const deployment = event.execution.slice(event.execution.lastIndexOf(':') + 1);
  const ended = await endOfExecution(sfn, event.execution);
  const record = await core.records.find(deployment);
  const kind = record?.kind ?? (event.execution.includes('-rollback:') ? 'rollback' : 'deployment');
  const found = {
    deployment,
    kind,
    input: inputOf(ended),
    timeouts: { ...defaultTimeouts, ...record?.timeouts },
  };
  const answer = (next: Fenced['next'], why: string, waitSeconds = 0): Fenced => ({
    ...found,
    next,
    why,
    waitSeconds,
  });
  if (ended === 'running') return answer('nothing', 'The execution runs: there is nothing to mend.');
  if (!record)
    return answer(
      'close',
      'The execution ended before it had a record.',
      secondsUntilLanded([ended], core.clock()),
    );
  const former = await formerMender(record, event.mender, sfn);
  if (former === 'running') return answer('nothing', `Execution ${record.mendedBy ?? ''} mends it already.`);
  const waitSeconds = secondsUntilLanded([ended, former], core.clock());
  if (!(await core.records.claim(record, event.mender)))
    return answer('nothing', 'Another execution mends it: the event came twice.');
  const lock = await takeOver(core, record, event.mender, sfn);
  if (record.closedAt !== undefined) {
    if (isRetained(record, core.clock()))
      return lock === 'ours'
        ? answer('remove', 'Nobody resumed the deployment: its image is not kept any longer.')
        : answer('nothing', 'The fleet is locked; its spare image is removed later.');
    return answer(lock === 'ours' ? 'unlock' : 'nothing', 'The record is closed.');
  }
  await noteStop(core, record, ended);
  if (lock === 'ours' || record.kind === 'rollback')
    return answer('undo', 'What the record says is left is undone.', waitSeconds);
  return answer('close', 'Nothing of it holds the lock: there is nothing to undo.', waitSeconds);
};

const isRetained = ({ due, spareUntil }: DeploymentRecord, now: number): boolean =>
  due === 'spare' && spareUntil !== undefined && spareUntil <= now;

/**
 * StopExecution does not end a Lambda function that runs, not even one of a repair: its call can still take effect
 * until the function times out.
 */
const secondsUntilLanded = (ended: readonly ('forgotten' | EndedExecution)[], now: number): number => {
  const last = Math.max(0, ...ended.map((end) => (end === 'forgotten' ? 0 : end.at)));
  return Math.max(0, Math.ceil((last + maxFunctionTimeoutSeconds * 1000 - now) / 1000));
};

const inputOf = (ended: 'running' | 'forgotten' | EndedExecution): unknown => {
  if (typeof ended === 'string' || ended.input === undefined) return null;
  try {
    return JSON.parse(ended.input) as unknown;
  } catch {
    return null;
  }
};

/**
 * The execution of Mend that worked on it before. It still runs if the event came twice, or if event and sweep came
 * together.
 */
const formerMender = async (
  { mendedBy }: DeploymentRecord,
  mender: string,
  sfn: SFNClient,
): Promise<'running' | 'forgotten' | EndedExecution> =>
  mendedBy === undefined || mendedBy === mender ? 'forgotten' : endOfExecution(sfn, mendedBy);

/**
 * Takes the lock if the record's execution holds it, or a repair that has ended. A free lock is taken if the record has
 * something to undo. A lock that any other execution holds stays.
 */
const takeOver = async (
  core: Core,
  record: DeploymentRecord,
  mender: string,
  sfn: SFNClient,
): Promise<'ours' | "others'"> => {
  const lock = await core.locks.read(record.group);
  if (lock?.owner === mender) return 'ours';
  const owners = [record.execution, record.holder?.owner];
  const free = lock?.owner === undefined && (await needsLock(core, record));
  if (
    !free &&
    !(lock?.owner !== undefined && owners.includes(lock.owner) && (await hasEnded(core, lock, sfn)))
  )
    return "others'";
  const wanted = {
    fleet: record.group,
    owner: mender,
    deployment: record.deployment,
    now: core.clock(),
    act: 'mending',
  } as const;
  const taken = await core.locks.take(wanted, lock);
  if ('heldBy' in taken) return "others'";
  await core.records.set(record.deployment, { holder: { owner: mender, fence: taken.hold.fence } });
  return 'ours';
};

const hasEnded = async (core: Core, lock: LockItem, sfn: SFNClient): Promise<boolean> =>
  (await ownerOf(core, lock, sfn)) !== 'running';

const needsLock = async (core: Core, record: DeploymentRecord): Promise<boolean> => {
  if (record.closedAt !== undefined) return isRetained(record, core.clock());
  const effects = await core.effects.list(record.deployment);
  return effects.some(isOpen);
};

/** The execution was stopped before it could note why it ended. */
const noteStop = async (
  core: Core,
  record: DeploymentRecord,
  ended: 'forgotten' | EndedExecution,
): Promise<void> => {
  if (record.failure !== undefined || record.completedAt !== undefined) return;
  await core.records.set(record.deployment, { failure: stopOf(ended) });
};

const stopOf = (ended: 'forgotten' | EndedExecution): Failure => {
  const status = ended === 'forgotten' ? 'FORGOTTEN' : ended.status;
  const told =
    ended === 'forgotten' ? '' : [ended.error, ended.cause].filter((text) => text !== undefined).join(': ');
  const how =
    status === 'ABORTED'
      ? 'The execution was stopped from outside'
      : `The execution ended as ${status} without having closed its record`;
  const message = told === '' ? `${how}.` : `${how} (${told.slice(0, 1_000)}).`;
  return { error: 'Stopped', message, problems: [message] };
};
