import { commitOption } from '../application/version';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Channels } from '../reporting/channels';
import { notify } from '../reporting/notify';
import { lockKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import type { StepContext } from '../engine/context';
import { Superseded } from '../engine/errors';
import type { LockItem, Waiting } from '../engine/lockItem';
import { isNewer, whyNewer } from '../engine/requestOrder';
import { whereIs } from '../engine/runningStep';
import { tryLock } from '../engine/takeLock';

export interface QueueTools {
  readonly sfn: SFNClient;
  /** Makes the parked steps of a deployment poll at once. */
  readonly wake: (deployment: string) => Promise<void>;
  readonly channels: Channels;
}

/** What the step remembers. */
export interface QueueMemo extends Record<string, unknown> {
  /** That the request waits has been told. */
  readonly told: true;
}

/** As statemachines/deploy.yml has it: a request waits for a day at most. */
const maxWaitMs = 86_400_000;

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
  { sfn, wake, channels }: QueueTools,
  memo: Partial<QueueMemo> = {},
  save: (memo: QueueMemo) => Promise<void> = async () => undefined,
): Promise<Progress> => {
  /** Told first, noted then: a death in between tells it twice, and never not at all. */
  const tellOnce = async (waitsFor: string, heldSince?: string): Promise<void> => {
    if (memo.told === true) return;
    await notify(channels, core.environment, {
      kind: 'waiting',
      record,
      waitsFor,
      ...(heldSince !== undefined && { heldSince }),
      until: record.acceptedAt + maxWaitMs,
    });
    await save({ told: true });
  };
  const lock = await core.locks.read(record.group);
  const mine = placeOf(record);
  if (lock?.latest !== undefined && isNewer(lock.latest, mine))
    throw new Superseded(
      `${record.application} ${record.version} waited for fleet ${record.group} when a newer request got it ` +
        `(${lock.latest.deployment}${whyNewer(lock.latest.order, mine.order)}). ${despite(record)}`,
    );
  const place = await core.locks.queue(record.group, mine);
  if ('newer' in place)
    throw new Superseded(
      `${record.application} ${record.version} waited for fleet ${record.group} when a newer request came ` +
        `(${place.newer.deployment}${whyNewer(place.newer.order, mine.order)}); only the newest waits. ${despite(record)}`,
    );
  if (place.instead !== undefined) await wake(place.instead);
  const waitFor = [lockKey(record.group)];
  const held = heldBack(record, lock);
  if (held !== undefined) {
    await tellOnce(held, held);
    return {
      waitFor,
      progress: `held back since rollback ${held}; to start it: forseti approve ${record.deployment}`,
    };
  }
  const taking = await tryLock({ core, record }, sfn, 'person');
  if ('fence' in taking) {
    await core.locks.leaveQueue(record.group, record.deployment);
    return { over: {} };
  }
  await tellOnce(taking.heldBy.deployment ?? 'another execution');
  const progress = `waits for ${taking.heldBy.deployment ?? 'the lock'}`;
  const why = () => whereIs(core, taking.heldBy.deployment);
  return taking.owner === 'running'
    ? { waitFor, progress, why }
    : { waitFor, progress, why, expectedSeconds: mendedSeconds };
};

const placeOf = ({ deployment, acceptedAt, order }: StepContext['record']): Waiting => ({
  deployment,
  since: acceptedAt,
  ...(order !== undefined && { order }),
});

const despite = ({ application, version, commit }: StepContext['record']): string =>
  `To deploy it all the same, run: forseti deploy ${application} ${version}${commitOption(commit)}`;

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
