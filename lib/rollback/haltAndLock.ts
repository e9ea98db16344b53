import type { SFNClient } from '@aws-sdk/client-sfn';
import type { StepContext } from '../engine/context';
import { AwaitingPerson, DeploymentInProgress } from '../engine/errors';
import type { Act, LockItem } from '../engine/lockItem';
import type { DeploymentRecord } from '../engine/record';
import { ownerOf, tryLock } from '../engine/takeLock';
import { lockKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';

export interface HaltTools {
  readonly sfn: SFNClient;
  /** Makes the parked steps of a deployment poll at once. */
  readonly wake: (deployment: string) => Promise<void>;
}

/**
 * No event reports the end of a repair, or that the last function of an ended execution has timed out. So the lock is
 * polled, in seconds.
 */
const lookAgainSeconds = 15;

/**
 * Gets the fleet's lock. A free lock is taken. A running deployment is halted: it undoes all but its rollout, and hands
 * the lock over. A deployment past its point of no return is waited for, since it ends within seconds.
 * @throws DeploymentInProgress if another rollback runs; AwaitingPerson if an alarm asks for a second one.
 */
export const haltAndLock = async (context: StepContext, tools: HaltTools): Promise<Progress> => {
  const { core, record } = context;
  const act: Act = record.alarm === undefined ? 'rollback' : 'automatic rollback';
  const lock = await core.locks.read(record.group);
  if (lock?.owner === record.execution) {
    await core.records.set(record.deployment, { fence: lock.fence });
    return { over: {} };
  }
  refuseSecondAutomatic(record, lock);
  if (lock?.owner === undefined) return take(context, tools, act);
  const held = lock.deployment === undefined ? undefined : await core.records.find(lock.deployment);
  const waitFor = [lockKey(record.group)];
  if ((await ownerOf(core, lock, tools.sfn)) !== 'running') return take(context, tools, act);
  if (held?.kind === 'rollback' && held.closedAt === undefined)
    throw new DeploymentInProgress(
      `Rollback ${held.deployment} of ${held.application} to ${held.version} is under way already; forseti status ${held.application} shows it.`,
    );
  // The replacement of an instance has no record. It releases the lock within seconds.
  if (held && held.completedAt === undefined && held.closedAt === undefined)
    await halt(context, { ...lock, owner: lock.owner }, tools);
  return {
    waitFor,
    progress: `halts ${lock.deployment ?? 'what runs'}`,
    why: () =>
      Promise.resolve(`${lock.deployment ?? 'what runs'} undoes what it did before it hands over the lock`),
  };
};

const take = async (context: StepContext, { sfn }: HaltTools, act: Act): Promise<Progress> => {
  const taking = await tryLock(context, sfn, act);
  if ('fence' in taking) return { over: {} };
  return {
    waitFor: [lockKey(context.record.group)],
    expectedSeconds: lookAgainSeconds,
    progress: `waits for ${taking.heldBy.deployment ?? 'the lock'}`,
    why: () => Promise.resolve(taking.why),
  };
};

const halt = async (
  { core, record }: StepContext,
  lock: LockItem & { owner: string },
  { wake }: HaltTools,
): Promise<void> => {
  const halted = await core.locks.haltFor(lock, {
    by: record.deployment,
    reason: record.reason ?? `rollback of ${record.application} to ${record.version}`,
    handOver: { owner: record.execution, deployment: record.deployment },
  });
  if (!halted.done || lock.deployment === undefined) return;
  await core.records.set(record.deployment, { halted: lock.deployment });
  await wake(lock.deployment);
};

const refuseSecondAutomatic = (record: DeploymentRecord, lock: LockItem | undefined): void => {
  const earlier = lock?.rolledBack;
  if (record.alarm === undefined || !earlier?.automatic || earlier.deployment === record.deployment) return;
  throw new AwaitingPerson(
    `Alarm ${record.alarm.name} asks for a rollback of ${record.application}, but ${earlier.deployment} was an automatic one ` +
      `(${new Date(earlier.at).toISOString()}) and nobody has acted since. Look at it, then deploy or roll back by hand.`,
  );
};
