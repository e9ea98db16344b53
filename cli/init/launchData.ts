import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { type Tags, tagList, tags } from '../../lib/aws/tags';

/** Whether a tag belongs to the one instance, and not to others of its fleet: AWS's own tags, and Forseti's. */
const isOwn = (key: string): boolean => key.startsWith('aws:') || key.startsWith('forseti:');

/** The instance that the launch template is made after. */
export interface SourceInstance {
  readonly image: string;
  readonly securityGroups: readonly string[];
  readonly hasPublicAddress: boolean;
  readonly tags: Tags;
}

/**
 * The launch template data of a fleet that is made after one instance: what GetLaunchTemplateData returns, without what only
 * one instance can have (subnet, zone, addresses) and without the disks, which the image brings.
 * If the instance has a public address, the others get one, too. That needs a network interface in the template, which then
 * holds the security groups (RunInstances refuses both).
 */
export const launchData = (
  data: ResponseLaunchTemplateData,
  { image, securityGroups, hasPublicAddress, tags: found }: SourceInstance,
  { application, version, deployment }: { application: string; version: string; deployment: string },
): RequestLaunchTemplateData => {
  const {
    InstanceType,
    KeyName,
    UserData,
    EbsOptimized,
    IamInstanceProfile,
    Monitoring,
    CreditSpecification,
  } = data;
  const { HttpTokens, HttpEndpoint, HttpPutResponseHopLimit, InstanceMetadataTags } =
    data.MetadataOptions ?? {};
  const groups = [...securityGroups];
  const given = Object.fromEntries(Object.entries(found).filter(([key]) => !isOwn(key)));
  return {
    ImageId: image,
    ...(InstanceType && { InstanceType }),
    ...(KeyName !== undefined && { KeyName }),
    ...(UserData !== undefined && { UserData }),
    ...(EbsOptimized !== undefined && { EbsOptimized }),
    ...(IamInstanceProfile && { IamInstanceProfile }),
    ...(Monitoring && { Monitoring }),
    ...(CreditSpecification?.CpuCredits !== undefined && {
      CreditSpecification: { CpuCredits: CreditSpecification.CpuCredits },
    }),
    ...(data.MetadataOptions && {
      MetadataOptions: {
        ...(HttpTokens && { HttpTokens }),
        ...(HttpEndpoint && { HttpEndpoint }),
        ...(HttpPutResponseHopLimit !== undefined && { HttpPutResponseHopLimit }),
        ...(InstanceMetadataTags && { InstanceMetadataTags }),
      },
    }),
    ...(hasPublicAddress
      ? { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: groups }] }
      : { SecurityGroupIds: groups }),
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: tagList({
          ...given,
          [tags.application]: application,
          [tags.version]: version,
          [tags.deployment]: deployment,
        }),
      },
    ],
  };
};
