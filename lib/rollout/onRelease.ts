import type { EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchTemplateRef } from '../engine/record';
import type { Group, Member } from '../fleet/group';
import { isLaunchedFrom } from '../fleet/launchedFrom';
import { describeInstances } from '../fleet/instances';
import { tags } from '../aws/tags';

/** What shows that an instance runs a release. */
export interface ReleaseMarks {
  readonly version: string | undefined;
  readonly launchTemplate: LaunchTemplateRef;
}

/**
 * An instance runs a release if it was launched from the release's launch template version and its tag names no other
 * version: provisioning in place changes that tag. An instance without the tag was never changed.
 */
export const runsRelease = (
  member: Pick<Member, 'launchTemplateId' | 'launchTemplateVersion'>,
  instanceTags: Readonly<Record<string, string>>,
  { version, launchTemplate }: ReleaseMarks,
): boolean => {
  const tag = instanceTags[tags.version];
  return isLaunchedFrom(member, launchTemplate) && (tag === undefined || tag === version);
};

/** Members that are not terminating, by whether they run the release. */
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
    // AWS compares templates, not code: a refresh that skips matching instances would skip these.
    changedInPlace: off.some((member) => isLaunchedFrom(member, release.launchTemplate)),
  };
};
