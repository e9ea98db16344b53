import { imageDataType, parameterIn } from '../ec2/imageParameter';
import type { Region } from '../core/service';
import { splitName } from '../ssm/parameters/store';

/** The parameter that a launch template takes its image from: a public one of AWS (`/aws/service/…`) as well. */
export const addImageParameter = (region: Region, alias: string, imageId: string): void => {
  const { name } = splitName(parameterIn(alias) ?? alias);
  region.service('ssm').state.parameters[name] = {
    name,
    tags: {},
    versions: [
      {
        version: 1,
        value: imageId,
        type: 'String',
        tier: 'Standard',
        dataType: imageDataType,
        modifiedAt: region.now(),
        modifiedBy: `arn:aws:iam::${region.account}:root`,
        labels: [],
      },
    ],
  };
};
