import type {
  DesiredConfiguration,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateRef } from '../engine/record';

/** A launch template version, and the group's mixed instances policy, if it has one, to which the version belongs. */
export interface LaunchTemplateSource extends LaunchTemplateRef {
  readonly mixed?: MixedInstancesPolicy;
}

/** By id and number only: AWS refuses id and name together, although its own descriptions contain both. */
const specification = ({ id, version }: LaunchTemplateRef): LaunchTemplateSpecification => ({
  LaunchTemplateId: id,
  Version: version,
});

/**
 * What a group, or a refresh, launches from: the launch template version, or the group's whole mixed instances policy
 * with only the version replaced.
 */
export const launchSource = (
  group: { readonly mixed?: MixedInstancesPolicy | undefined },
  template: LaunchTemplateRef,
): DesiredConfiguration =>
  group.mixed
    ? {
        MixedInstancesPolicy: {
          ...group.mixed,
          LaunchTemplate: {
            ...group.mixed.LaunchTemplate,
            LaunchTemplateSpecification: specification(template),
          },
        },
      }
    : { LaunchTemplate: specification(template) };

/**
 * What an effect keeps of a template that it wrote or found. It includes the group's mixed instances policy: putting
 * the template back alone would drop the policy.
 */
export const withPolicy = (
  template: LaunchTemplateRef,
  { mixed }: { readonly mixed: MixedInstancesPolicy | undefined },
): LaunchTemplateSource => ({
  ...template,
  ...(mixed && { mixed }),
});

/** Whether a refresh's desired configuration is this launch template version. */
export const namesTemplate = (
  desired: DesiredConfiguration | undefined,
  template: LaunchTemplateRef,
): boolean => {
  const found =
    desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? desired?.LaunchTemplate;
  return found?.LaunchTemplateId === template.id && found.Version === template.version;
};
