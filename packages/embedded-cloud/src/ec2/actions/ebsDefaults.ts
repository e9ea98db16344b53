/** With which key EC2 encrypts new volumes, where the account says so. */
import type {
  GetEbsDefaultKmsKeyIdCommandInput,
  GetEbsDefaultKmsKeyIdCommandOutput,
  GetEbsEncryptionByDefaultCommandInput,
  GetEbsEncryptionByDefaultCommandOutput,
} from '@aws-sdk/client-ec2';
import type { Action } from '../../core/service';

type Answer<Output> = Omit<Output, '$metadata'>;

export const getEbsEncryptionByDefault: Action<
  GetEbsEncryptionByDefaultCommandInput,
  Answer<GetEbsEncryptionByDefaultCommandOutput>
> = {
  requires: () => [{ action: 'ec2:GetEbsEncryptionByDefault', resource: '*' }],
  run: (_input, region) => ({
    EbsEncryptionByDefault: region.service('ec2').state.ebsDefaultKey !== undefined,
    SseType: 'none',
  }),
};

/** Without a key of the account's own it is the alias of AWS's. */
export const getEbsDefaultKmsKeyId: Action<
  GetEbsDefaultKmsKeyIdCommandInput,
  Answer<GetEbsDefaultKmsKeyIdCommandOutput>
> = {
  requires: () => [{ action: 'ec2:GetEbsDefaultKmsKeyId', resource: '*' }],
  run: (_input, region) => ({ KmsKeyId: region.service('ec2').state.ebsDefaultKey ?? 'alias/aws/ebs' }),
};
