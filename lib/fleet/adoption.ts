import { type AutoScalingClient, CreateOrUpdateTagsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand, DescribeLaunchTemplatesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { nameOf } from '../aws/failure';
import { describeGroup, type Group } from './group';
import { type Tags, tagList, tags } from '../aws/tags';

/**
 * Forseti may change a fleet once its group and its launch template carry the tag `forseti:application`. The roles of
 * the functions allow no change to any other (docs/security.md).
 */
export interface Fleet {
  readonly application: string;
  /** For the commands, since the reader's default region may be another. */
  readonly region?: string;
  readonly group: Pick<Group, 'name' | 'tags' | 'launchTemplate'>;
  /** Tags of the launch template; undefined if there is none. */
  readonly templateTags: Tags | undefined;
}

/** A part of a fleet that does not carry the tag, or carries that of another application. */
export interface Lack {
  readonly what: 'group' | 'launch template';
  readonly id: string;
  readonly problem: string;
  /** It carries another application's tag. */
  readonly taken: boolean;
  /** That application. */
  readonly owner?: string;
  /** The command for the operator. */
  readonly command: string;
}

const tagGroup = (application: string, group: string): string =>
  'aws autoscaling create-or-update-tags --tags ' +
  `ResourceId=${group},ResourceType=auto-scaling-group,Key=${tags.application},Value=${application},PropagateAtLaunch=false`;

const tagTemplate = (application: string, id: string): string =>
  `aws ec2 create-tags --resources ${id} --tags Key=${tags.application},Value=${application}`;

const inRegion = ({ region }: Fleet): string => (region === undefined ? '' : ` --region ${region}`);

const groupLack = (fleet: Fleet): Lack[] => {
  const { application, group } = fleet;
  const owner = group.tags[tags.application];
  if (owner === application) return [];
  const problem =
    owner === undefined
      ? `Group ${group.name} has no tag ${tags.application}, so that Forseti may not change it.`
      : `Group ${group.name} belongs to application ${owner} by its tag ${tags.application}, the settings give it to ${application}.`;
  return [
    {
      what: 'group',
      id: group.name,
      problem,
      taken: owner !== undefined,
      ...(owner !== undefined && { owner }),
      command: tagGroup(application, group.name) + inRegion(fleet),
    },
  ];
};

/** Several groups may launch from one template, so the tag of any application is accepted. */
const templateLack = (fleet: Fleet): Lack[] => {
  const {
    application,
    group: { launchTemplate },
    templateTags,
  } = fleet;
  if (!launchTemplate || !templateTags || templateTags[tags.application] !== undefined) return [];
  const { id, name } = launchTemplate;
  const problem = `Launch template ${name === '' ? id : `${name} (${id})`} has no tag ${tags.application}, so that Forseti may neither change it nor launch from it.`;
  return [
    {
      what: 'launch template',
      id,
      problem,
      taken: false,
      command: tagTemplate(application, id) + inRegion(fleet),
    },
  ];
};

/** The parts of a fleet that Forseti may not change. */
export const lacksOf = (fleet: Fleet): Lack[] => [...groupLack(fleet), ...templateLack(fleet)];

/** Undefined if AWS knows no such template. */
export const templateTagsOf = async (ec2: EC2Client, id: string | undefined): Promise<Tags | undefined> => {
  if (id === undefined) return undefined;
  try {
    const { LaunchTemplates: [template] = [] } = await ec2.send(
      new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }),
    );
    return (
      template && Object.fromEntries((template.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
    );
  } catch (error) {
    if (nameOf(error).startsWith('InvalidLaunchTemplate')) return undefined;
    throw error;
  }
};

export interface AdoptionClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
}

/** Reads the tags of an application's fleet. @throws FleetUnsettled if the group does not exist */
export const describeFleet = async (
  { autoScaling, ec2 }: AdoptionClients,
  application: string,
  groupName: string,
  region: string,
): Promise<Lack[]> => {
  const group = await describeGroup(autoScaling, groupName);
  const templateTags = await templateTagsOf(ec2, group.launchTemplate?.id);
  return lacksOf({ application, region, group, templateTags });
};

/**
 * Tags with the application what lacks the tag. What carries another application's tag stays, unless `mayTake` allows
 * to take it over.
 */
export const adopt = async (
  { autoScaling, ec2 }: AdoptionClients,
  application: string,
  lacks: readonly Lack[],
  mayTake: (lack: Lack) => boolean = () => false,
): Promise<void> => {
  const tag = { Key: tags.application, Value: application };
  for (const { what, id } of lacks.filter((lack) => !lack.taken || mayTake(lack)))
    if (what === 'group')
      await autoScaling.send(
        new CreateOrUpdateTagsCommand({
          // Not propagated: an instance gets its tags from the launch template version that it is launched from.
          Tags: [{ ...tag, ResourceId: id, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false }],
        }),
      );
    else
      await ec2.send(
        new CreateTagsCommand({ Resources: [id], Tags: tagList({ [tags.application]: application }) }),
      );
};
