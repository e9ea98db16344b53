import { type AutoScalingClient, CancelInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import { nameOf } from '../aws/failure';

/** The refresh ended between our read and our call: there is nothing to end, and the next poll sees its end. */
export const isOverAlready = (error: unknown): boolean =>
  nameOf(error) === 'ActiveInstanceRefreshNotFoundFault';

/**
 * The refresh cannot be rolled back (RollbackInstanceRefresh, errors): it has no desired configuration, or is being
 * cancelled.
 */
export const isIrreversible = (error: unknown): boolean =>
  nameOf(error) === 'IrreversibleInstanceRefreshFault';

/** Cancels the refresh that runs in the group, if one still runs. */
export const cancelRefresh = async (autoScaling: AutoScalingClient, group: string): Promise<void> => {
  await autoScaling
    .send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: group }))
    .catch((error: unknown) => {
      if (!isOverAlready(error)) throw error;
    });
};
