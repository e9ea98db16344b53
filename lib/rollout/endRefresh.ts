import { type AutoScalingClient, CancelInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';

/** It may end between our look and our call: then there is nothing to end, and the next look sees it. */
export const isOverAlready = (error: unknown): boolean =>
  nameOf(error) === 'ActiveInstanceRefreshNotFoundFault';

/** It knows no way back (RollbackInstanceRefresh, errors): it has no desired configuration, or is to be cancelled. */
export const isIrreversible = (error: unknown): boolean =>
  nameOf(error) === 'IrreversibleInstanceRefreshFault';

/** Cancels the refresh that runs in the group, if one does still. */
export const cancelRefresh = async (autoScaling: AutoScalingClient, group: string): Promise<void> => {
  await autoScaling
    .send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: group }))
    .catch((error: unknown) => {
      if (!isOverAlready(error)) throw error;
    });
};
