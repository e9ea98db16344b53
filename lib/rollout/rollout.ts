import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import type { Memo, Progress } from '../engine/waiting/waitingStep';
import type { FleetClients } from './fleetView';
import { rolloutToFuture } from './futureOnly';
import { rolloutByRefresh } from './instanceRefresh';
import { rolloutBySurge } from './surge';

/**
 * Brings the new launch template version to the fleet, as the record says.
 * @throws RolloutFailed
 */
export const rollout = async (
  context: StepContext,
  memo: Memo,
  save: (memo: Memo) => Promise<void>,
  clients: FleetClients & { readonly ec2: EC2Client },
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
