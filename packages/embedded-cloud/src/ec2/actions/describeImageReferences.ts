import type {
  DescribeImageReferencesRequest,
  DescribeImageReferencesResult,
  ImageReference,
  ImageReferenceResourceType,
} from '@aws-sdk/client-ec2';
import type { Action, Region, Requirement } from '../../core/service';
import { parameterArn } from '../../ssm/parameters/store';
import { invalidParameterValue, missingParameter, refuseDryRun } from '../errors';
import { imageDataType } from '../imageParameter';
import { pageOf } from '../paging';
import { ec2Arn } from '../resources';

/** So many of a template's newest versions are checked, unless the request says otherwise (User Guide). */
const versionDepth = 10;
/** AWS: 1 to 10 image ids. */
const maxImages = 10;

/** What the caller needs beside it, by resource type (User Guide, "Required IAM permissions"). */
const permissions: Readonly<Record<ImageReferenceResourceType, readonly string[]>> = {
  'ec2:Instance': ['ec2:DescribeInstances'],
  'ec2:LaunchTemplate': ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'],
  'ssm:Parameter': ['ssm:DescribeParameters'],
  'imagebuilder:ImageRecipe': ['imagebuilder:ListImageRecipes'],
  'imagebuilder:ContainerRecipe': ['imagebuilder:ListContainerRecipes'],
};

const typesOf = ({ IncludeAllResourceTypes, ResourceTypes }: DescribeImageReferencesRequest) =>
  IncludeAllResourceTypes === true
    ? (Object.keys(permissions) as ImageReferenceResourceType[])
    : (ResourceTypes ?? []).flatMap(({ ResourceType: type }) => type ?? []);

type Named = readonly (readonly [arn: string, image: string | undefined])[];

/** EC2 Image Builder is not simulated: it has no recipes here. */
const namedBy: Readonly<Record<ImageReferenceResourceType, (region: Region, depth: number) => Named>> = {
  'ec2:Instance': (region) =>
    Object.values(region.service('ec2').state.instances).map(({ id, imageId }) => [
      ec2Arn(region, 'instance', id),
      imageId,
    ]),
  'ec2:LaunchTemplate': (region, depth) =>
    Object.values(region.service('ec2').state.launchTemplates).flatMap(({ id, versions }) =>
      Object.values(versions)
        .sort((a, b) => b.number - a.number)
        .slice(0, depth)
        .map(({ data }) => [ec2Arn(region, 'launch-template', id), data.ImageId] as const),
    ),
  'ssm:Parameter': (region) =>
    Object.values(region.service('ssm').state.parameters).flatMap(({ name, versions }) => {
      const latest = versions.at(-1);
      return latest?.dataType === imageDataType ? [[parameterArn(region, name), latest.value] as const] : [];
    }),
  'imagebuilder:ImageRecipe': () => [],
  'imagebuilder:ContainerRecipe': () => [],
};

const depthIn = ({ ResourceTypes: types = [] }: DescribeImageReferencesRequest): number => {
  const options = types.find(({ ResourceType: type }) => type === 'ec2:LaunchTemplate')?.ResourceTypeOptions;
  const depth = options?.find(({ OptionName: name }) => name === 'version-depth')?.OptionValues?.[0];
  return depth === undefined ? versionDepth : Number(depth);
};

export const describeImageReferences: Action<DescribeImageReferencesRequest, DescribeImageReferencesResult> =
  {
    requires: (input, region): Requirement[] => [
      { action: 'ec2:DescribeImageReferences', resource: '*', context: { 'ec2:region': region.name } },
      ...typesOf(input)
        .flatMap((type) => permissions[type])
        .map((action) => ({
          action,
          resource: '*',
          context: { 'aws:calledvia': ['ec2-images.amazonaws.com'] },
        })),
    ],
    run(input, region) {
      const images = input.ImageIds ?? [];
      if (images.length === 0) throw missingParameter('ImageId');
      if (images.length > maxImages)
        throw invalidParameterValue(`At most ${String(maxImages)} image ids can be specified.`);
      const types = typesOf(input);
      if (types.length === 0) throw missingParameter('ResourceTypes');
      refuseDryRun(input.DryRun);
      const found = types.flatMap((type) =>
        namedBy[type](region, depthIn(input)).flatMap(([Arn, ImageId]): ImageReference[] =>
          ImageId !== undefined && images.includes(ImageId) ? [{ ImageId, ResourceType: type, Arn }] : [],
        ),
      );
      const { items, nextToken } = pageOf(found, input, { least: 1 });
      return { ImageReferences: [...items], NextToken: nextToken };
    },
  };
