import type { LaunchTemplateTagSpecification, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { tags } from '../aws/tags';
import type { LaunchTemplateRef } from '../engine/record';
import { versionTagOf } from '../fleet/launchTemplates';
import { diffFields, type FieldChange, fieldLine } from '../fleet/fields';

/** A launch template version with its data; undefined data: the version is gone, or cannot be read. */
export interface KnownTemplate extends LaunchTemplateRef {
  readonly data: ResponseLaunchTemplateData | undefined;
}

export interface TemplateQuestion {
  /** `rollback.template` of the settings, or what the request asks for instead. */
  readonly wanted: 'current' | 'release';
  readonly release: { readonly version: string; readonly image: string; readonly template: KnownTemplate };
  /** What the group launches from now. */
  readonly current: KnownTemplate | undefined;
  /** Whether the release's image is for the architecture of the instances that the group launches now. */
  readonly fits: boolean;
}

/** What a rollback launches from, and what that means besides the image. */
export interface TemplateBack {
  /**
   * `release`: the version that the release was deployed with. `current`: the group's own, which has the release's
   * image already. `made`: a new version of the group's own with the release's image.
   */
  readonly use: 'release' | 'current' | 'made';
  /** For people, one each: what goes back besides the image, or what stays. */
  readonly lines: readonly string[];
}

const own: ReadonlySet<string> = new Set([tags.application, tags.version, tags.deployment]);

const withoutOwnTags = (specifications: readonly LaunchTemplateTagSpecification[]) =>
  specifications
    .map(({ ResourceType, Tags = [] }) => ({
      ResourceType,
      Tags: Tags.filter(({ Key }) => Key === undefined || !own.has(Key)),
    }))
    .filter(({ Tags }) => Tags.length > 0);

/** A version without what each deployment writes: the image, and Forseti's tags. */
const withoutRelease = ({ id, data }: KnownTemplate): object => {
  const TagSpecifications = withoutOwnTags(data?.TagSpecifications ?? []);
  return { ...data, LaunchTemplateId: id, ImageId: undefined, TagSpecifications };
};

/** Whether whatever the group launches now runs the release, by its image and by its tag. */
const runsRelease = (current: KnownTemplate, { image, version }: TemplateQuestion['release']): boolean =>
  current.data?.ImageId === image && [undefined, version].includes(versionTagOf(current.data));

const title = ({ id, version }: LaunchTemplateRef): string => `version ${version} of launch template ${id}`;

const indented = (fields: readonly FieldChange[]): string[] => fields.map((field) => `  ${fieldLine(field)}`);

/**
 * A deployment changes nothing of a launch template but its image and Forseti's tags. So whatever else differs between
 * the release's version and the group's own was changed by somebody else since. With `current` it stays, and the lines
 * say so; with `release` it goes back too.
 */
export const templateBack = ({ wanted, release, current, fits }: TemplateQuestion): TemplateBack => {
  const { template, version } = release;
  // The group uses no version that could be read: there is only the release's own.
  if (current?.data === undefined) return { use: 'release', lines: [] };
  const onCurrent = runsRelease(current, release) ? 'current' : 'made';
  if (template.data === undefined)
    return {
      use: onCurrent,
      lines: [
        `The ${title(template)}, with which ${version} was deployed, is gone: its image is launched from the ${title(current)} instead.`,
      ],
    };
  // Another launch template holds the network, role and user data of what the group was before: never those.
  if (template.id !== current.id)
    return {
      use: onCurrent,
      lines: [
        `${version} was deployed with launch template ${template.id}, which the group has left: its image is launched from the ${title(current)} instead.`,
      ],
    };
  const fields = diffFields(withoutRelease(current), withoutRelease(template));
  if (fields.length === 0) return { use: 'release', lines: [] };
  const goesBack = [
    `Besides the image, the launch template goes back, from the ${title(current)} to the ${title(template)}:`,
    ...indented(fields),
  ];
  if (wanted === 'release') return { use: 'release', lines: goesBack };
  if (!fits)
    return {
      use: 'release',
      lines: [
        `The image of ${version} does not fit the instances that the group launches now, although rollback.template is current.`,
        ...goesBack,
      ],
    };
  return {
    use: onCurrent,
    lines: [
      `Only the image goes back: the launch template was changed since ${version}, and stays (rollback.template: current). With rollback.template: release, or forseti rollback --template release, these would go back too:`,
      ...indented(fields),
    ],
  };
};
