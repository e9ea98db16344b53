import type { SFNClient } from '@aws-sdk/client-sfn';
import { lockKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import type { StepContext } from '../engine/context';
import { Superseded } from '../engine/errors';
import type { LockItem } from '../engine/lockItem';
import { tryLock } from '../engine/takeLock';

export interface QueueTools {
  readonly sfn: SFNClient;
  /** Makes the parked steps of a deployment poll at once. */
  readonly wake: (deployment: string) => Promise<void>;
}

/**
 * How often the lock of a fleet is polled while its last execution is repaired, in seconds: no event reports a repair
 * that failed.
 */
const mendedSeconds = 30;

/**
 * Waits for the fleet's lock. A fleet has one place in its queue, for its newest request.
 * @throws Superseded if a newer request has taken the place.
 */
export const waitInQueue = async (
  { core, record }: StepContext,
  { sfn, wake }: QueueTools,
): Promise<Progress> => {
  const lock = await core.locks.read(record.group);
  if (lock?.latest !== undefined && lock.latest.since > record.acceptedAt)
    throw new Superseded(
      `${record.application} ${record.version} waited for fleet ${record.group} when a newer request got it ` +
        `(${lock.latest.deployment}).`,
    );
  const place = await core.locks.queue(record.group, {
    deployment: record.deployment,
    since: record.acceptedAt,
  });
  if ('newer' in place)
    throw new Superseded(
      `${record.application} ${record.version} waited for fleet ${record.group} when a newer request came ` +
        `(${place.newer.deployment}); only the newest waits.`,
    );
  if (place.instead !== undefined) await wake(place.instead);
  const waitFor = [lockKey(record.group)];
  const held = heldBack(record, lock);
  if (held !== undefined)
    return {
      waitFor,
      progress: `held back since rollback ${held}; to start it: forseti approve ${record.deployment}`,
    };
  const taking = await tryLock({ core, record }, sfn, 'person');
  if ('fence' in taking) {
    await core.locks.leaveQueue(record.group, record.deployment);
    return { over: {} };
  }
  const progress = `waits for ${taking.heldBy.deployment ?? 'the lock'}`;
  return taking.owner === 'running'
    ? { waitFor, progress }
    : { waitFor, progress, expectedSeconds: mendedSeconds };
};

/** After a rollback no request that had waited starts by itself: it may contain the reason for the rollback. */
export const heldBack = (
  { acceptedAt, startApproval }: Pick<StepContext['record'], 'acceptedAt' | 'startApproval'>,
  lock: LockItem | undefined,
): string | undefined =>
  lock?.rolledBack !== undefined &&
  lock.rolledBack.at >= acceptedAt &&
  // A person who approved before the rollback did not know of it.
  (startApproval === undefined || startApproval.at < lock.rolledBack.at)
    ? lock.rolledBack.deployment
    : undefined;
