import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { StepContext } from '../engine/context';
import { describeGroup } from '../fleet/group';
import { resumeProcesses } from '../fleet/processes';
import { refuseOtherTemplate } from './externalChanges';
import { setGroupTemplate } from './groupTemplateEffect';
import { templateOf } from './instanceRefresh';

/**
 * Resumes the processes that the deployment suspended. With rollout `none` the group gets the new version first: what it
 * launches as soon as it may (in place of instances that have died meanwhile, or for a spike) would be of the old one,
 * and be replaced at once.
 * @throws GroupChangedExternally
 */
export const resumeScaling = async (context: StepContext, autoScaling: AutoScalingClient): Promise<void> => {
  const { record } = context;
  if (record.rollout === 'none') {
    const group = await describeGroup(autoScaling, record.group);
    await refuseOtherTemplate(context, group, record.groupTemplate);
    await setGroupTemplate(context, autoScaling, group, templateOf(context));
  }
  await resumeProcesses(context, autoScaling);
};
