/** What IAM must allow for Auto Scaling's actions (Service Authorization Reference, "Amazon EC2 Auto Scaling"). */
import type { LaunchTemplateSpecification, MixedInstancesPolicy } from '@aws-sdk/client-auto-scaling';
import { runInstancesRequirements } from '../ec2/actions/runInstances';
import type { Region, Requirement } from '../core/service';
import { stateOf } from './otherServices';

export const groupArn = (region: Region, name: string, uuid: string): string =>
  region.arn('autoscaling', `autoScalingGroup:${uuid}:autoScalingGroupName/${name}`);

/** Actions without resource-level permission. */
export const onEverything = (action: string) => (): Requirement[] => [
  { action: `autoscaling:${action}`, resource: '*' },
];

/** The requirement on a group, with its tags. If the group does not exist, its ARN has `*` in place of the UUID. */
export const groupRequirement = (region: Region, action: string, name: string | undefined): Requirement => {
  const group = stateOf(region).groups[name ?? ''];
  const tags = (group?.tags ?? []).flatMap(({ key, value }) => [
    [`aws:resourcetag/${key.toLowerCase()}`, value],
    [`autoscaling:resourcetag/${key.toLowerCase()}`, value],
  ]);
  return {
    action: `autoscaling:${action}`,
    resource: group?.arn ?? groupArn(region, name ?? '', '*'),
    context: Object.fromEntries(tags) as Record<string, string>,
  };
};

export const onGroup =
  (action: string) =>
  (input: { readonly AutoScalingGroupName?: string | undefined }, region: Region): Requirement[] => [
    groupRequirement(region, action, input.AutoScalingGroupName),
  ];

/** The group that an instance belongs to. */
export const onGroupOfInstance =
  (action: string) =>
  (input: { readonly InstanceId?: string | undefined }, region: Region): Requirement[] => [
    groupRequirement(region, action, stateOf(region).members[input.InstanceId ?? '']),
  ];

/**
 * A caller that gives a launch template to a group must be allowed to launch from it: Auto Scaling tries RunInstances
 * as the caller, as a dry run (User Guide, "Control Amazon EC2 launch template usage in Auto Scaling groups").
 */
export const launchRequirements = (
  region: Region,
  input: {
    readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
    readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
  },
): Requirement[] => {
  const mixed = input.MixedInstancesPolicy?.LaunchTemplate;
  const templates = [
    input.LaunchTemplate,
    mixed?.LaunchTemplateSpecification,
    ...(mixed?.Overrides ?? []).map((override) => override.LaunchTemplateSpecification),
  ].flatMap((specification) => specification ?? []);
  return templates.flatMap(({ LaunchTemplateId, LaunchTemplateName, Version }) =>
    runInstancesRequirements(
      {
        LaunchTemplate: {
          ...(LaunchTemplateId === undefined ? { LaunchTemplateName } : { LaunchTemplateId }),
          Version,
        },
        MinCount: 1,
        MaxCount: 1,
      },
      region,
    ),
  );
};
