import type {
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { refuseDryRun, requireAll, requireOne } from '../errors';
import { filterOf, type Fields } from '../filters';
import { imageUsing } from '../imaging';
import { snapshotOutput } from '../outputs';
import { pageOf } from '../paging';
import { onEverything, onExisting } from '../resources';
import type { Snapshot } from '../state';

const fields: Fields<Snapshot> = {
  'snapshot-id': ({ id }) => id,
  'volume-id': ({ volumeId }) => volumeId,
  'volume-size': ({ sizeGiB }) => String(sizeGiB),
  'owner-id': ({ owner }) => owner,
  status: ({ state }) => state,
  description: ({ description }) => description,
};

export const describeSnapshots: Action<DescribeSnapshotsRequest, DescribeSnapshotsResult> = {
  requires: onEverything('ec2:DescribeSnapshots'),
  run(input, region) {
    const { snapshots } = region.service('ec2').state;
    const { SnapshotIds: ids = [], OwnerIds: owners = [] } = input;
    const asked = ids.length === 0 ? Object.values(snapshots) : requireAll('snapshot', snapshots, ids);
    const owned = asked.filter(
      ({ owner }) =>
        owners.length === 0 ||
        owners.includes(owner) ||
        (owners.includes('self') && owner === region.account),
    );
    const found = owned.filter(filterOf(input.Filters, fields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    return { Snapshots: items.map(snapshotOutput), NextToken: nextToken };
  },
};

/** @throws AwsError InvalidSnapshot.InUse while an image uses the snapshot */
export const deleteSnapshot: Action<DeleteSnapshotRequest, Record<string, never>> = {
  requires: (input, region) => [
    onExisting(
      region,
      region.service('ec2').state,
      'ec2:DeleteSnapshot',
      'snapshot',
      input.SnapshotId ?? '*',
    ),
  ],
  run(input, region) {
    const { state } = region.service('ec2');
    const snapshot = requireOne('snapshot', state.snapshots, input.SnapshotId, 'SnapshotId');
    const image = imageUsing(state, snapshot.id);
    if (image !== undefined) {
      throw new AwsError(
        'InvalidSnapshot.InUse',
        `The snapshot ${snapshot.id} is currently in use by ${image.id}`,
      );
    }
    refuseDryRun(input.DryRun);
    delete state.snapshots[snapshot.id];
    return {};
  },
};
