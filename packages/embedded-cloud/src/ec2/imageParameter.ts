/**
 * Images that are named by a parameter: `resolve:ssm:NAME`, also with `:VERSION` or `:LABEL`, or by ARN (User Guide,
 * "Use a Systems Manager parameter instead of an AMI ID"). The parameter is read at each launch.
 */
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { findParameter, splitName } from '../ssm/parameters/store';

const prefix = 'resolve:ssm:';
export const imageDataType = 'aws:ec2:image';

/** The parameter that an image id names; undefined for a plain id. */
export const parameterIn = (imageId: string | undefined): string | undefined =>
  imageId?.startsWith(prefix) ? imageId.slice(prefix.length) : undefined;

/**
 * The image id that a launch takes.
 * @throws AwsError SsmInvalidParameter where there is no such parameter, or it is of another data type
 */
export const resolveImage = (region: Region, imageId: string | undefined): string | undefined => {
  const parameter = parameterIn(imageId);
  if (parameter === undefined) return imageId;
  const found = lookedUp(region, parameter);
  if (found.dataType !== imageDataType)
    throw new AwsError(
      'SsmInvalidParameter',
      `Unsupported data type. The following parameter data types are supported: ${imageDataType}`,
    );
  return found.value;
};

/**
 * What a launch template's data may name: EC2 looks at the data type when the template or its version is made.
 * @throws AwsError SsmInvalidParameter
 */
export const checkImageParameter = (region: Region, imageId: string | undefined): void => {
  const parameter = parameterIn(imageId);
  const { name } = splitName(parameter ?? '');
  if (parameter !== undefined && region.service('ssm').state.parameters[name]) resolveImage(region, imageId);
};

/** EC2 refuses with a code of its own; what it says of a missing parameter is not published. */
const lookedUp = (region: Region, parameter: string) => {
  try {
    return findParameter(region, parameter).version;
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('SsmInvalidParameter', error.message);
    throw error;
  }
};
