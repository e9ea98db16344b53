import type { EC2Client } from '@aws-sdk/client-ec2';
import { imageFrom } from '../engine/imageFrom';
import type { StepContext } from '../engine/context';
import type { Memo, Progress } from '../engine/waiting/waitingStep';
import { awaitCapacity, type CapacityMemo } from './awaitCapacity';
import type { FleetClients } from './fleetView';
import { rolloutToFuture } from './futureOnly';
import { rolloutByRefresh } from './instanceRefresh';
import { rolloutBySurge } from './surge';

type Clients = FleetClients & { readonly ec2: EC2Client };

interface RolloutMemo extends Memo {
  /** What the rollout answered; only the health of the fleet is waited for then. */
  rolledOut: unknown;
  capacity: CapacityMemo;
}

type Save = (memo: Partial<RolloutMemo>) => Promise<void>;

/**
 * Brings the new launch template version to the fleet, as the record says, and waits until the fleet serves.
 * @throws RolloutFailed
 */
export const rollout = (context: StepContext, memo: Partial<RolloutMemo>, save: Save, clients: Clients) =>
  andCapacity(context, memo, save, clients, bring);

/** As {@link rollout}, for the rest of the fleet, after the approval. @throws RolloutFailed */
export const rolloutRest = (context: StepContext, memo: Partial<RolloutMemo>, save: Save, clients: Clients) =>
  andCapacity(context, memo, save, clients, (...parts) => rolloutByRefresh(...parts, 'rest'));

const andCapacity = async (
  context: StepContext,
  memo: Partial<RolloutMemo>,
  save: Save,
  clients: Clients,
  part: typeof bring,
): Promise<Progress> => {
  const { record } = context;
  let over = memo.rolledOut;
  if (over === undefined) {
    const progress = await part(context, memo, save, clients);
    // Only future instances get the version: nothing of the fleet has changed.
    if ('waitFor' in progress || (record.rollout === 'none' && imageFrom(record) !== 'fleet'))
      return progress;
    over = progress.over;
  }
  const waiting = await awaitCapacity(context, memo.capacity, (capacity) => save({ capacity }), clients);
  if (waiting && memo.rolledOut === undefined) await save({ rolledOut: over });
  return waiting ?? { over };
};

const bring = (
  context: StepContext,
  memo: Memo,
  save: (memo: Memo) => Promise<void>,
  clients: Clients,
): Promise<Progress> => {
  switch (context.record.rollout) {
    case 'instance-refresh':
      return rolloutByRefresh(
        context,
        memo,
        save,
        clients,
        context.settings.rollout.approval ? 'first' : 'all',
      );
    case 'surge':
      return rolloutBySurge(context, memo, save, clients);
    case 'none':
      return rolloutToFuture(context, memo, save, clients);
  }
};
