import type {
  DescribeImageAttributeRequest,
  ImageAttribute,
  LaunchPermission,
  ModifyImageAttributeRequest,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { invalidParameterValue, missingParameter, refuseDryRun, requireOne } from '../errors';
import { onExisting } from '../resources';
import type { Image } from '../state';

const everybody = 'all';

const permissionOf = (who: string): LaunchPermission =>
  who === everybody ? { Group: everybody } : { UserId: who };

const attributeOf = (image: Image, attribute: string): Omit<ImageAttribute, 'ImageId'> => {
  switch (attribute) {
    case 'launchPermission':
      return { LaunchPermissions: (image.launchPermissions ?? []).map(permissionOf) };
    case 'description':
      return { Description: { Value: image.description } };
    default:
      throw invalidParameterValue(`Value (${attribute}) for parameter attribute is invalid.`);
  }
};

export const describeImageAttribute: Action<DescribeImageAttributeRequest, ImageAttribute> = {
  requires: (input, region) => [
    onExisting(
      region,
      region.service('ec2').state,
      'ec2:DescribeImageAttribute',
      'image',
      input.ImageId ?? '*',
    ),
  ],
  run(input, region) {
    const image = requireOne('image', region.service('ec2').state.images, input.ImageId, 'ImageId');
    if (input.Attribute === undefined) throw missingParameter('Attribute');
    refuseDryRun(input.DryRun);
    return { ImageId: image.id, ...attributeOf(image, input.Attribute) };
  },
};

/** @throws AwsError InvalidAMIAttributeItemValue if it is neither `all` nor an account */
const who = ({ UserId: account, Group: group }: LaunchPermission): string => {
  if (group === everybody) return everybody;
  if (account !== undefined && /^\d{12}$/.test(account)) return account;
  throw new AwsError(
    'InvalidAMIAttributeItemValue',
    `Invalid attribute item value "${account ?? group ?? ''}" for userId item type.`,
  );
};

/** Adds and removes launch permissions. Other attributes are refused. */
export const modifyImageAttribute: Action<ModifyImageAttributeRequest, Record<string, never>> = {
  requires: (input, region) => [
    onExisting(
      region,
      region.service('ec2').state,
      'ec2:ModifyImageAttribute',
      'image',
      input.ImageId ?? '*',
    ),
  ],
  run(input, region) {
    const image = requireOne('image', region.service('ec2').state.images, input.ImageId, 'ImageId');
    const { Add: add = [], Remove: remove = [] } = input.LaunchPermission ?? {};
    if (input.LaunchPermission === undefined) throw missingParameter('LaunchPermission');
    const [added, removed] = [add.map(who), remove.map(who)];
    refuseDryRun(input.DryRun);
    const left = (image.launchPermissions ?? []).filter((one) => !removed.includes(one));
    image.launchPermissions = [...new Set([...left, ...added])];
    return {};
  },
};
