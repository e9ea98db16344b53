import type { DescribeImagesRequest, DescribeImagesResult } from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import { refuseDryRun, requireAll } from '../errors';
import { filterOf, type Fields } from '../filters';
import { imageOutput } from '../outputs';
import { pageOf } from '../paging';
import { onEverything } from '../resources';
import type { Image } from '../state';

const fields: Fields<Image> = {
  'image-id': ({ id }) => id,
  name: ({ name }) => name,
  state: ({ state }) => state,
  architecture: ({ architecture }) => architecture,
  description: ({ description }) => description,
  'owner-id': ({ owner }) => owner,
  'root-device-type': () => 'ebs',
  'virtualization-type': () => 'hvm',
  'image-type': () => 'machine',
  'is-public': () => 'false',
  'source-instance-id': ({ sourceInstanceId }) => sourceInstanceId,
  'source-image-id': ({ sourceImageId }) => sourceImageId,
  'source-image-region': ({ sourceImageRegion }) => sourceImageRegion,
  'block-device-mapping.snapshot-id': ({ devices }) => devices.map(({ snapshotId }) => snapshotId),
};

const ownedBy = (region: Region, owners: readonly string[] | undefined) => (image: Image) =>
  owners === undefined ||
  owners.length === 0 ||
  owners.includes(image.owner) ||
  (owners.includes('self') && image.owner === region.account);

export const describeImages: Action<DescribeImagesRequest, DescribeImagesResult> = {
  requires: onEverything('ec2:DescribeImages'),
  run(input, region) {
    const { images } = region.service('ec2').state;
    const { ImageIds: ids = [] } = input;
    const asked = ids.length === 0 ? Object.values(images) : requireAll('image', images, [...new Set(ids)]);
    const found = asked.filter(ownedBy(region, input.Owners)).filter(filterOf(input.Filters, fields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input, { least: 1 });
    return { Images: items.map(imageOutput), NextToken: nextToken };
  },
};
