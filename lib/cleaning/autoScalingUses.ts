import {
  type AutoScalingClient,
  type AutoScalingGroup,
  type MixedInstancesPolicy,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  paginateDescribeLaunchConfigurations,
} from '@aws-sdk/client-auto-scaling';
import { isActive } from '../rollout/refreshes';
import type { Use } from './facts';
import { usesOfSource } from './launchSource';
import { allPages } from './pages';
import type { UsesOfTemplate } from './templateVersions';

/** The templates of a policy, and the images that its overrides name in place of the template's. */
const usesOfPolicy = (
  policy: MixedInstancesPolicy | undefined,
  by: string,
  region: string,
  usesOf: UsesOfTemplate,
): Use[] => {
  const { LaunchTemplateSpecification: template, Overrides: overrides = [] } = policy?.LaunchTemplate ?? {};
  return [
    ...usesOf(template, by),
    ...overrides.flatMap(({ LaunchTemplateSpecification: own, ImageId: image }) => [
      ...usesOf(own, by),
      ...(image === undefined ? [] : [{ by, region, image }]),
    ]),
  ];
};

const usesOfGroup = (group: AutoScalingGroup, region: string, usesOf: UsesOfTemplate): Use[] => {
  const by = `group ${group.AutoScalingGroupName ?? ''}`;
  return [
    ...usesOf(group.LaunchTemplate, by),
    ...usesOfPolicy(group.MixedInstancesPolicy, by, region, usesOf),
    ...(group.Instances ?? []).flatMap((member) =>
      usesOf(member.LaunchTemplate, `instance ${member.InstanceId ?? ''}`),
    ),
  ];
};

/** Groups of the region, their instances, and the refreshes that run. */
export const groupUses = async (
  autoScaling: AutoScalingClient,
  region: string,
  usesOf: UsesOfTemplate,
): Promise<Use[]> => {
  const groups = await allPages(
    paginateDescribeAutoScalingGroups({ client: autoScaling }, {}),
    ({ AutoScalingGroups }) => AutoScalingGroups,
  );
  const uses: Use[] = [];
  for (const group of groups) {
    uses.push(...usesOfGroup(group, region, usesOf));
    const { AutoScalingGroupName } = group;
    if (AutoScalingGroupName === undefined) continue;
    const refreshes = await allPages(
      paginateDescribeInstanceRefreshes({ client: autoScaling }, { AutoScalingGroupName }),
      ({ InstanceRefreshes }) => InstanceRefreshes,
    );
    for (const { DesiredConfiguration: wanted, InstanceRefreshId: id = '' } of refreshes.filter(isActive))
      uses.push(
        ...usesOf(wanted?.LaunchTemplate, `instance refresh ${id}`),
        ...usesOfPolicy(wanted?.MixedInstancesPolicy, `instance refresh ${id}`, region, usesOf),
      );
  }
  return uses;
};

/** Launch configurations, whether or not a group uses them: one can at any time. */
export const launchConfigurationUses = async (
  autoScaling: AutoScalingClient,
  region: string,
): Promise<Use[]> => {
  const found = await allPages(
    paginateDescribeLaunchConfigurations({ client: autoScaling }, {}),
    ({ LaunchConfigurations }) => LaunchConfigurations,
  );
  return found.flatMap((configuration) =>
    usesOfSource(
      configuration,
      `launch configuration ${configuration.LaunchConfigurationName ?? ''}`,
      region,
    ),
  );
};
