import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { type EC2Client, RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { refusalOf } from '../aws/dryRun';
import type { StepContext } from '../engine/context';
import { describeGroup } from '../fleet/group';
import { describeTemplateVersion } from '../fleet/launchTemplates';

/**
 * Dry run: could an instance of the group be launched from the record's launch template version, with its image if it
 * has one? By the role that launches in a rollback. Image, key pair, security groups, subnet and permissions are checked;
 * capacity is not (EC2 API, RunInstances, DryRun).
 */
export const tryLaunch = async (
  { record }: Pick<StepContext, 'record'>,
  { autoScaling, ec2 }: { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client },
): Promise<string | undefined> => {
  const group = await describeGroup(autoScaling, record.group);
  const template = record.launchTemplate ?? group.launchTemplate;
  if (!template) return undefined;
  const found = await describeTemplateVersion(ec2, template);
  // What is gone is named by whoever asks.
  if (!found) return undefined;
  const data = found.LaunchTemplateData;
  const [subnet] = group.subnets;
  const [first, ...others] = data?.NetworkInterfaces ?? [];
  const type = data?.InstanceType === undefined ? group.overrides[0]?.type : undefined;
  return refusalOf(() =>
    ec2.send(
      new RunInstancesCommand({
        DryRun: true,
        MinCount: 1,
        MaxCount: 1,
        LaunchTemplate: { LaunchTemplateId: template.id, Version: template.version },
        ...(record.bakedImage !== undefined && { ImageId: record.bakedImage }),
        ...(type !== undefined && {
          InstanceType: type as NonNullable<RunInstancesCommandInput['InstanceType']>,
        }),
        // A template that lists network interfaces takes its subnet there, and nowhere else.
        ...(subnet === undefined
          ? {}
          : first
            ? { NetworkInterfaces: [{ ...first, SubnetId: subnet }, ...others] }
            : { SubnetId: subnet }),
      }),
    ),
  );
};
