import type { CreateImageRequest, CreateImageResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { refuseDryRun, requireOne } from '../errors';
import { addPendingImage, checkDescription, requireFreeName } from '../imaging';
import { reboot } from '../lifecycle';
import { onExisting, onNew, taggingAtCreation } from '../resources';
import type { Image, Instance, Snapshot } from '../state';
import { checkTagSpecifications, tagsFor } from '../tags';

const requireImageable = (instance: Instance): void => {
  if (instance.state === 'running' || instance.state === 'stopped' || instance.state === 'stopping') return;
  throw new AwsError(
    'IncorrectInstanceState',
    `The instance '${instance.id}' is in state '${instance.state}'; expected 'running' or 'stopped'.`,
  );
};

const snapshotsOf = (
  region: Region,
  instance: Instance,
  imageId: string,
  input: CreateImageRequest,
): Snapshot[] =>
  instance.blockDevices.map(({ volumeId, sizeGiB }) => ({
    id: region.newId('snap-'),
    owner: region.account,
    volumeId,
    sizeGiB,
    startedAt: region.now(),
    description: `Created by CreateImage(${instance.id}) for ${imageId}`,
    state: 'pending',
    tags: tagsFor(input.TagSpecifications, 'snapshot'),
  }));

const imageOf = (
  region: Region,
  instance: Instance,
  id: string,
  snapshots: readonly Snapshot[],
  input: CreateImageRequest,
): Image => ({
  id,
  name: input.Name ?? '',
  owner: region.account,
  createdAt: region.now(),
  description: input.Description ?? '',
  state: 'pending',
  architecture: instance.architecture,
  bootMode: 'uefi-preferred',
  rootDeviceName: instance.blockDevices[0]?.deviceName ?? '/dev/xvda',
  devices: snapshots.map((snapshot, index) => ({
    deviceName: instance.blockDevices[index]?.deviceName ?? '',
    snapshotId: snapshot.id,
    sizeGiB: snapshot.sizeGiB,
  })),
  sourceInstanceId: instance.id,
  sourceImageId: instance.imageId,
  sourceImageRegion: region.name,
  tags: tagsFor(input.TagSpecifications, 'image'),
  ...(instance.software !== undefined && { software: instance.software }),
});

/**
 * Reboots a running instance first, unless `NoReboot` is set. CreateImage has no client token: the unique name
 * prevents a double.
 */
export const createImage: Action<CreateImageRequest, CreateImageResult> = {
  requires(input, region) {
    const { state } = region.service('ec2');
    const specifications = input.TagSpecifications;
    return [
      onExisting(region, state, 'ec2:CreateImage', 'instance', input.InstanceId ?? '*'),
      onNew(region, 'ec2:CreateImage', 'image', tagsFor(specifications, 'image')),
      onNew(region, 'ec2:CreateImage', 'snapshot', tagsFor(specifications, 'snapshot')),
      ...taggingAtCreation(region, 'CreateImage', specifications),
    ];
  },
  run(input, region) {
    const { state } = region.service('ec2');
    const instance = requireOne('instance', state.instances, input.InstanceId, 'InstanceId');
    requireFreeName(state, input.Name);
    checkDescription(input.Description);
    checkTagSpecifications(input.TagSpecifications, ['image', 'snapshot']);
    requireImageable(instance);
    refuseDryRun(input.DryRun);
    const id = region.newId('ami-');
    const snapshots = snapshotsOf(region, instance, id, input);
    addPendingImage(
      region,
      state,
      imageOf(region, instance, id, snapshots, input),
      snapshots,
      region.timings.imageMs,
    );
    if (input.NoReboot !== true && instance.state === 'running') reboot(region, instance);
    return { ImageId: id };
  },
};
