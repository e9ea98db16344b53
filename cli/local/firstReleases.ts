import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SettingsInput } from '../../lib/application/parse';
import { Table } from '../../lib/aws/table';
import { tags } from '../../lib/aws/tags';
import { type Release, releaseKey, Releases } from '../../lib/engine/releases';
import type { Session } from '../session/session';

/** The fleets of a new embedded cloud count as deployed an hour before it begins. */
const agoMs = 3_600_000;

/** The release that a group of a new embedded cloud runs; undefined where its version is not known. */
const releaseOf = async (
  session: Session,
  application: string,
  groupName: string,
): Promise<Release | undefined> => {
  const { AutoScalingGroups: [group] = [] } = await session
    .connect(AutoScalingClient)
    .send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }));
  const [member] = group?.Instances ?? [];
  if (!group || !member) return undefined;
  const { Reservations: [reservation] = [] } = await session
    .connect(EC2Client)
    .send(new DescribeInstancesCommand({ InstanceIds: [member.InstanceId ?? ''] }));
  const [instance] = reservation?.Instances ?? [];
  const version = instance?.Tags?.find(({ Key: key }) => key === tags.version)?.Value;
  const template =
    group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  // A group that launches from $Latest has no release to go back to.
  if (version === undefined || !template?.LaunchTemplateId || !/^\d+$/.test(template.Version ?? ''))
    return undefined;
  const at = session.now() - agoMs;
  const deployment = `${application}-${version}-first`;
  return {
    application,
    release: releaseKey(at, deployment),
    version,
    deployment,
    group: groupName,
    image: instance?.ImageId ?? '',
    launchTemplate: { id: template.LaunchTemplateId, version: template.Version ?? '' },
    state: 'good',
    markedAt: at,
    markedBy: 'the description of the cloud',
  };
};

/**
 * Marks what the fleets of a new embedded cloud run as good releases, as a first deployment does. Without them a deployment
 * that provisions in place is refused.
 */
export const markFirstReleases = async (session: Session, settings: SettingsInput): Promise<void> => {
  const releases = new Releases(
    new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable),
  );
  for (const [application, { group }] of Object.entries(settings.applications)) {
    const release = await releaseOf(session, application, group);
    if (release) await releases.mark(release);
  }
};
