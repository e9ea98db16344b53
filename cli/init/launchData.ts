import type { RequestLaunchTemplateData, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { type Tags, tagList, tags } from '../../lib/aws/tags';

/** Tags that the instance itself bears and others of its fleet must not: AWS's own, and what it is to Forseti. */
const isOwn = (key: string): boolean => key.startsWith('aws:') || key.startsWith('forseti:');

export interface Source {
  readonly image: string;
  readonly securityGroups: readonly string[];
  readonly hasPublicAddress: boolean;
  readonly tags: Tags;
}

/**
 * What a launch template of a fleet holds that is to be like one instance. Of what GetLaunchTemplateData tells, it leaves
 * out what can be of one instance only (subnet, zone, addresses), and the disks, which come with the image.
 * Where the instance has a public address, others get one: that needs a network interface in the template, which holds the
 * security groups then (RunInstances refuses both).
 */
export const launchData = (
  data: ResponseLaunchTemplateData,
  { image, securityGroups, hasPublicAddress, tags: found }: Source,
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
