/** The parameters of a launch: the launch template's version, overridden by the request. */
import type {
  LaunchTemplateSpecification,
  RequestLaunchTemplateData,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { Region } from '../core/service';
import { resolveImage } from './imageParameter';
import type { Ec2State, LaunchTemplateUse, Tags } from './state';
import { requireTemplate, requireVersion } from './launchTemplates';
import { tagsFor } from './tags';

/** Parameters given in the request. Each overrides the launch template's. */
export interface LaunchRequest {
  readonly imageId?: string | undefined;
  readonly launchTemplate?:
    { readonly id: string; readonly version?: string | number | undefined } | undefined;
  readonly instanceType?: string | undefined;
  readonly subnetId?: string | undefined;
  /** Used if no subnet is given: the first subnet of this zone is taken. */
  readonly zone?: string | undefined;
  readonly tags: Tags;
  readonly volumeTags?: Tags | undefined;
  readonly lifecycle?: 'spot' | 'scheduled' | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  /** Name or ARN. */
  readonly iamInstanceProfile?: string | undefined;
  readonly keyName?: string | undefined;
  readonly userData?: string | undefined;
  readonly clientToken?: string | undefined;
  /** Sizes of volumes by device, where they differ from the image's. */
  readonly volumeGib?: Readonly<Record<string, number>> | undefined;
}

export interface LaunchSpecification extends Omit<LaunchRequest, 'launchTemplate'> {
  readonly launchTemplate?: LaunchTemplateUse | undefined;
  readonly volumeTags: Tags;
  readonly securityGroupIds: readonly string[];
}

const templateNaming = ({ id }: { readonly id: string }): LaunchTemplateSpecification =>
  id.startsWith('lt-') ? { LaunchTemplateId: id } : { LaunchTemplateName: id };

const profileArn = (region: Region, profile: string): string =>
  profile.startsWith('arn:')
    ? profile
    : `arn:${region.partition}:iam::${region.account}:instance-profile/${profile}`;

const subnetOf = (data: RequestLaunchTemplateData): string | undefined =>
  data.NetworkInterfaces?.[0]?.SubnetId;

const groupsOf = (data: RequestLaunchTemplateData): readonly string[] | undefined =>
  data.SecurityGroupIds ?? data.NetworkInterfaces?.[0]?.Groups;

const volumesOf = (mappings: RequestLaunchTemplateData['BlockDeviceMappings']): Record<string, number> =>
  Object.fromEntries(
    (mappings ?? []).flatMap(({ DeviceName: device, Ebs: volume }) =>
      device === undefined || volume?.VolumeSize === undefined ? [] : [[device, volume.VolumeSize]],
    ),
  );

/** @throws AwsError if the template or its version does not exist */
export const specify = (region: Region, state: Ec2State, request: LaunchRequest): LaunchSpecification => {
  const { launchTemplate: wanted, ...asked } = request;
  const template = wanted === undefined ? undefined : requireTemplate(state, templateNaming(wanted));
  const version = template === undefined ? undefined : requireVersion(template, wanted?.version);
  const data = version?.data ?? {};
  const profile = asked.iamInstanceProfile ?? data.IamInstanceProfile?.Arn ?? data.IamInstanceProfile?.Name;
  return {
    ...asked,
    imageId: resolveImage(region, asked.imageId ?? data.ImageId),
    instanceType: asked.instanceType ?? data.InstanceType,
    subnetId: asked.subnetId ?? subnetOf(data),
    zone: asked.zone ?? data.Placement?.AvailabilityZone,
    keyName: asked.keyName ?? data.KeyName,
    userData: asked.userData ?? data.UserData,
    lifecycle: asked.lifecycle ?? (data.InstanceMarketOptions?.MarketType === 'spot' ? 'spot' : undefined),
    securityGroupIds: asked.securityGroupIds ?? groupsOf(data) ?? [],
    volumeGib: { ...volumesOf(data.BlockDeviceMappings), ...asked.volumeGib },
    iamInstanceProfile: profile === undefined ? undefined : profileArn(region, profile),
    tags: { ...tagsFor(data.TagSpecifications, 'instance'), ...asked.tags },
    volumeTags: { ...tagsFor(data.TagSpecifications, 'volume'), ...asked.volumeTags },
    launchTemplate:
      template && version ? { id: template.id, name: template.name, version: version.number } : undefined,
  };
};

/** RunInstances' parameters as a launch request. */
export const requestOf = (input: RunInstancesRequest): LaunchRequest => {
  const template = input.LaunchTemplate;
  const templateId = template?.LaunchTemplateId ?? template?.LaunchTemplateName;
  return {
    imageId: input.ImageId,
    launchTemplate: templateId === undefined ? undefined : { id: templateId, version: template?.Version },
    instanceType: input.InstanceType,
    subnetId: input.SubnetId ?? input.NetworkInterfaces?.[0]?.SubnetId,
    zone: input.Placement?.AvailabilityZone,
    tags: tagsFor(input.TagSpecifications, 'instance'),
    volumeTags: tagsFor(input.TagSpecifications, 'volume'),
    lifecycle: input.InstanceMarketOptions?.MarketType === 'spot' ? 'spot' : undefined,
    securityGroupIds: input.SecurityGroupIds ?? input.NetworkInterfaces?.[0]?.Groups,
    iamInstanceProfile: input.IamInstanceProfile?.Arn ?? input.IamInstanceProfile?.Name,
    keyName: input.KeyName,
    userData: input.UserData,
    clientToken: input.ClientToken,
    volumeGib: volumesOf(input.BlockDeviceMappings),
  };
};
