import type {
  DeleteSnapshotReturnCode,
  DeregisterImageRequest,
  DeregisterImageResult,
  SnapshotReturnCodes,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Caller, Region } from '../../core/service';
import { refuseDryRun, requireOne } from '../errors';
import { announce, imageUsing } from '../imaging';
import { onExisting } from '../resources';

/**
 * Deletes a snapshot of a deregistered image. A snapshot that another image uses is skipped. If the caller may not
 * delete it, that is reported, and the image stays deregistered (DeregisterImage, `DeleteAssociatedSnapshots`).
 */
const deleteSnapshot = async (region: Region, caller: Caller, id: string): Promise<SnapshotReturnCodes> => {
  const { state } = region.service('ec2');
  if (imageUsing(state, id) !== undefined) return 'skipped';
  try {
    await region.call(caller, 'ec2', 'DeleteSnapshot', { SnapshotId: id });
    return 'success';
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return error.code === 'UnauthorizedOperation' ? 'missing-permissions' : 'client-error';
  }
};

export const deregisterImage: Action<DeregisterImageRequest, DeregisterImageResult> = {
  requires: (input, region) => [
    onExisting(region, region.service('ec2').state, 'ec2:DeregisterImage', 'image', input.ImageId ?? '*'),
  ],
  async run(input, region, caller) {
    const { state } = region.service('ec2');
    if (state.deregisteredImages[input.ImageId ?? ''] !== undefined) {
      throw new AwsError(
        'InvalidAMIID.Unavailable',
        `The image ID '${input.ImageId}' is no longer available`,
      );
    }
    const image = requireOne('image', state.images, input.ImageId, 'ImageId');
    refuseDryRun(input.DryRun);
    delete state.images[image.id];
    delete state.imageNames[image.name];
    state.deregisteredImages[image.id] = region.now();
    announce(region, image.id, 'deregistered');
    if (input.DeleteAssociatedSnapshots !== true) return { Return: true };
    const results: DeleteSnapshotReturnCode[] = [];
    for (const { snapshotId } of image.devices) {
      results.push({ SnapshotId: snapshotId, ReturnCode: await deleteSnapshot(region, caller, snapshotId) });
    }
    return { Return: true, DeleteSnapshotResults: results };
  },
};
