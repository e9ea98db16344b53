import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { tags } from '../aws/tags';
import type { FleetAtEnd } from '../engine/outcome';
import type { DeploymentRecord } from '../engine/record';
import { describeGroup, inService } from '../fleet/group';
import { describeInstances } from '../fleet/instances';
import { changesOfGroup, otherTemplateText } from './externalChanges';
import { isAt } from './groupTemplateEffect';

/** What was seen of the fleet when a deployment ended. */
export interface SeenAtEnd {
  readonly fleet: FleetAtEnd;
  /** What somebody else has changed of the group meanwhile, in sentences. */
  readonly changes: readonly string[];
}

/**
 * Looks at the fleet when a deployment ends, so that its end says what is true: an instance tells by its tag what it
 * runs.
 */
export const lookAtFleet = async (
  { autoScaling, ec2 }: { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client },
  record: DeploymentRecord,
): Promise<SeenAtEnd> => {
  const group = await describeGroup(autoScaling, record.group);
  const members = inService(group);
  const described = await describeInstances(ec2, members);
  const onVersion = described.filter((instance) => instance.tags[tags.version] === record.version).length;
  const other = record.launchTemplate !== undefined && !isAt(group, record.launchTemplate);
  return {
    fleet: { inService: members.length, onVersion },
    changes: [...changesOfGroup(record.groupBefore, group), ...(other ? [otherTemplateText(group)] : [])],
  };
};
