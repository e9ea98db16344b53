import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchTemplateRef } from '../engine/record';
import type { Group, Member } from '../fleet/group';
import { describeInstances } from '../fleet/instances';
import { tags } from '../aws/tags';

/** What tells that an instance runs a release. */
export interface ReleaseMarks {
  readonly version: string | undefined;
  readonly launchTemplate: LaunchTemplateRef;
}

/**
 * An instance runs a release if it was launched from its launch template version and does not say that it runs anything
 * else: what was provisioned in place since says so by its tag. An instance without a tag was never touched.
 */
export const runsRelease = (
  { launchTemplateVersion }: Pick<Member, 'launchTemplateVersion'>,
  instanceTags: Readonly<Record<string, string>>,
  { version, launchTemplate }: ReleaseMarks,
): boolean => {
  const tag = instanceTags[tags.version];
  return launchTemplateVersion === launchTemplate.version && (tag === undefined || tag === version);
};

/** Members that are not on their way out, as they stand to a release. */
export const membersByRelease = async (
  ec2: EC2Client,
  group: Pick<Group, 'instances'>,
  release: ReleaseMarks,
): Promise<{
  readonly on: ReadonlySet<string>;
  readonly off: readonly Member[];
  readonly changedInPlace: boolean;
}> => {
  const members = group.instances.filter(({ lifecycle }) => !lifecycle.includes('Terminat'));
  const described = await describeInstances(
    ec2,
    members.map(({ id }) => id),
  );
  const tagsOf = new Map(described.map((instance) => [instance.id, instance.tags]));
  const isOn = (member: Member): boolean => runsRelease(member, tagsOf.get(member.id) ?? {}, release);
  const off = members.filter((member) => !isOn(member));
  return {
    on: new Set(members.filter(isOn).map(({ id }) => id)),
    off,
    // AWS compares templates, not code: one that matches by its template would be passed over.
    changedInPlace: off.some(
      ({ launchTemplateVersion }) => launchTemplateVersion === release.launchTemplate.version,
    ),
  };
};
