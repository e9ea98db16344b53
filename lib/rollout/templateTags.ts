import type { LaunchTemplateTagSpecification, Tag } from '@aws-sdk/client-ec2';

type Specification = Pick<LaunchTemplateTagSpecification, 'ResourceType' | 'Tags'>;

/** The resources that get the template's tags: instances, and their volumes, so that every cost has an owner. */
const tagged = ['instance', 'volume'] as const;

const mergeTags = (former: readonly Tag[], ours: Readonly<Record<string, string>>): Tag[] => [
  ...former.filter(({ Key }) => Key === undefined || !(Key in ours)),
  ...Object.entries(ours).map(([Key, Value]) => ({ Key, Value })),
];

/**
 * The source's tag specifications with ours added. A list beside `SourceVersion` replaces the source's whole list (EC2
 * API, CreateLaunchTemplateVersion), so it must contain everything that is to stay.
 */
export const mergeTagSpecifications = (
  source: readonly Specification[],
  ours: Readonly<Record<string, string>>,
): Specification[] => [
  ...source.filter(({ ResourceType: type }) => !tagged.some((own) => own === type)),
  ...tagged.map((type) => ({
    ResourceType: type,
    Tags: mergeTags(source.find(({ ResourceType }) => ResourceType === type)?.Tags ?? [], ours),
  })),
];
