import {
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type LaunchTemplateVersion,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { tags } from '../aws/tags';
import type { LaunchTemplateRef } from '../engine/record';

/** @returns one version of a launch template as it was made; undefined where the version or its template is gone. */
export const describeTemplateVersion = async (
  ec2: EC2Client,
  { id, version }: LaunchTemplateRef,
): Promise<LaunchTemplateVersion | undefined> => {
  try {
    const { LaunchTemplateVersions: [found] = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
    );
    return found;
  } catch (error) {
    // InvalidLaunchTemplateId.NotFound, InvalidLaunchTemplateId.VersionNotFound (EC2 API, error codes).
    if (nameOf(error).startsWith('InvalidLaunchTemplate')) return undefined;
    throw error;
  }
};

/** The version with which a launch template tags its instances. */
export const versionTagOf = (data: ResponseLaunchTemplateData | undefined): string | undefined =>
  data?.TagSpecifications?.find(({ ResourceType }) => ResourceType === 'instance')?.Tags?.find(
    ({ Key }) => Key === tags.version,
  )?.Value;
