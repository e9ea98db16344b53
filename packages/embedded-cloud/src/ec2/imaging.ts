/** Images: how they are created and become available or fail, and the events about it. */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import type { Ec2State, Image, ImageOutcome, Snapshot } from './state';
import { invalidParameterValue, missingParameter } from './errors';
import { arnOf } from './resources';

/**
 * A name is unique in an account and region until its image is deregistered.
 * @throws AwsError InvalidAMIName.Duplicate with the image that has the name, InvalidAMIName.Malformed
 */
export const requireFreeName = (state: Ec2State, name: string | undefined): string => {
  if (name === undefined || name === '') throw missingParameter('Name');
  if (name.length < 3 || name.length > 128 || !/^[A-Za-z0-9()[\] ./\-'@_]+$/.test(name)) {
    throw new AwsError(
      'InvalidAMIName.Malformed',
      'AMI names must be between 3 and 128 characters long, and may contain letters, numbers, ' +
        "'(', ')', '.', '-', '/' and '_'",
    );
  }
  const taken = state.imageNames[name];
  if (taken !== undefined) {
    throw new AwsError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${taken}`);
  }
  return name;
};

/** @throws AwsError InvalidParameterValue over 255 characters */
export const checkDescription = (description: string | undefined): string => {
  if ((description ?? '').length > 255)
    throw invalidParameterValue('Description is limited to 255 characters');
  return description ?? '';
};

const outcomeFor = (state: Ec2State, name: string): ImageOutcome | undefined => {
  const found = state.imageOutcomes.find(
    ({ nameContains = '', times = 1 }) => name.includes(nameContains) && times > 0,
  );
  if (found?.times !== undefined) found.times -= 1;
  return found;
};

/** Adds the image and its snapshots as `pending`, and schedules when they complete. */
export const addPendingImage = (
  region: Region,
  state: Ec2State,
  image: Image,
  snapshots: readonly Snapshot[],
  usualMs: number,
): void => {
  state.images[image.id] = image;
  state.imageNames[image.name] = image.id;
  for (const snapshot of snapshots) state.snapshots[snapshot.id] = snapshot;
  const outcome = outcomeFor(state, image.name);
  const delayMs = outcome?.durationMs ?? region.chance.around(usualMs, region.timings.spread);
  region.schedule(delayMs, 'ec2', 'image', {
    imageId: image.id,
    snapshotIds: snapshots.map(({ id }) => id),
    ...(outcome?.failure !== undefined && { failure: outcome.failure }),
  } satisfies ImageDue);
};

export interface ImageDue {
  readonly imageId: string;
  readonly snapshotIds: readonly string[];
  readonly failure?: string;
}

/** Completes an image. Its snapshots complete even if the image has been deregistered meanwhile. */
export const comeOut = (region: Region, state: Ec2State, due: ImageDue): void => {
  for (const snapshot of due.snapshotIds.flatMap((id) => state.snapshots[id] ?? [])) {
    if (due.failure === undefined) {
      snapshot.state = 'completed';
      snapshot.completedAt = region.now();
    } else {
      snapshot.state = 'error';
      snapshot.stateMessage = due.failure;
    }
  }
  const image = state.images[due.imageId];
  if (image === undefined) return;
  if (due.failure === undefined) {
    image.state = 'available';
  } else {
    image.state = 'failed';
    image.stateReason = { code: 'Server.InternalError', message: due.failure };
  }
  region.span({ kind: 'image', subject: image.id, startedAt: image.createdAt, endedAt: region.now() });
  announce(region, image.id, image.state, due.failure);
};

/** Publishes `EC2 AMI State Change`. EventBridge delivers it on a best-effort basis. */
export const announce = (
  region: Region,
  imageId: string,
  state: 'available' | 'failed' | 'deregistered' | 'disabled',
  errorMessage = '',
): void =>
  region.publish({
    source: 'aws.ec2',
    detailType: 'EC2 AMI State Change',
    resources: [arnOf(region, 'image', imageId)],
    detail: { RequestId: region.newId(), ImageId: imageId, State: state, ErrorMessage: errorMessage },
  });

/** The image, complete or pending, that uses the snapshot; undefined if there is none. */
export const imageUsing = (state: Ec2State, snapshotId: string): Image | undefined =>
  Object.values(state.images).find((image) =>
    image.devices.some((device) => device.snapshotId === snapshotId),
  );
