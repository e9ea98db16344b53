import {
  type EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplates,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import type { TemplateVersion, Use } from './facts';
import { allPages } from './pages';

/** The deployment that a version's description names; versions bear no tags (see `descriptionOf`). */
const deploymentIn = (description: string | undefined): string | undefined =>
  /^\S+ (\S+)$/.exec(description ?? '')?.[1];

const versionOf = (
  region: string,
  id: string,
  { VersionNumber, LaunchTemplateData: data, DefaultVersion, VersionDescription }: LaunchTemplateVersion,
): TemplateVersion => ({
  id,
  region,
  version: String(VersionNumber),
  image: data?.ImageId,
  snapshots: (data?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
  isDefault: DefaultVersion === true,
  deployment: deploymentIn(VersionDescription),
});

export interface FoundTemplates {
  /** All versions of all launch templates of the region. `image` may still name a parameter. */
  readonly versions: readonly TemplateVersion[];
  /** Ids by names: a fleet may name its template either way. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Every version is read, since EC2's filter by image does not see a parameter that holds it. */
export const allTemplateVersions = async (ec2: EC2Client, region: string): Promise<FoundTemplates> => {
  const templates = await allPages(
    paginateDescribeLaunchTemplates({ client: ec2 }, {}),
    ({ LaunchTemplates }) => LaunchTemplates,
  );
  const versions: TemplateVersion[] = [];
  for (const { LaunchTemplateId: id = '' } of templates)
    versions.push(
      ...(
        await allPages(
          paginateDescribeLaunchTemplateVersions({ client: ec2 }, { LaunchTemplateId: id }),
          ({ LaunchTemplateVersions }) => LaunchTemplateVersions,
        )
      ).map((version) => versionOf(region, id, version)),
    );
  const ids = new Map(
    templates.map(({ LaunchTemplateName: name = '', LaunchTemplateId: id = '' }) => [name, id]),
  );
  return { versions, ids };
};

/** A launch template and its version, as Auto Scaling and EC2's fleets name it. */
export interface NamedTemplate {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
  readonly Version?: string | undefined;
}

export type UsesOfTemplate = (named: NamedTemplate | undefined, by: string) => Use[];

/**
 * Tells which version a group or a fleet uses. `$Latest` is told as the highest number there is; the default version
 * stays in any case.
 */
export const usesOfTemplates =
  (region: string, { versions, ids }: FoundTemplates): UsesOfTemplate =>
  (named, by) => {
    const {
      LaunchTemplateName: name = '',
      LaunchTemplateId: id = ids.get(name),
      Version = '$Default',
    } = named ?? {};
    const numbers = versions.filter((one) => one.id === id).map(({ version }) => Number(version));
    if (id === undefined || numbers.length === 0 || Version === '$Default') return [];
    const version = Version === '$Latest' ? String(Math.max(...numbers)) : Version;
    return [{ by, region, launchTemplate: { id, version } }];
  };
