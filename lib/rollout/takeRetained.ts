import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effects';
import type { LaunchTemplateRef } from '../engine/record';
import { describeTemplateVersion } from '../fleet/launchTemplates';

/**
 * What was kept of the failed deployment becomes this one's: image, copies, launch template version. Should this one fail
 * too, it keeps them in its turn.
 * @returns the launch template version, if it is there still and was made from what the group uses now.
 */
export const takeRetained = async (
  context: StepContext,
  ec2: EC2Client,
): Promise<LaunchTemplateRef | undefined> => {
  const { record, core } = context;
  if (record.resumedFrom === undefined) return undefined;
  const [failed, effects] = await Promise.all([
    core.records.find(record.resumedFrom),
    core.effects.list(record.resumedFrom),
  ]);
  const isRetained = ({ kind, state }: Effect, wanted: Effect['kind']): boolean =>
    kind === wanted && (state === 'spare' || state === 'kept');
  await Promise.all(
    effects.filter((effect) => isRetained(effect, 'image')).map((effect) => takeImage(context, effect)),
  );
  const template = failed?.launchTemplate;
  const fits =
    template !== undefined &&
    failed?.groupTemplate?.id === record.groupTemplate?.id &&
    failed?.groupTemplate?.version === record.groupTemplate?.version &&
    record.image !== undefined &&
    (await describeTemplateVersion(ec2, template))?.LaunchTemplateData?.ImageId === record.image;
  if (!fits) return undefined;
  // The version is this deployment's effect from now on (SwapLaunchTemplate).
  const version = effects.find((effect) => isRetained(effect, 'launch-template-version'));
  if (version) await keepElsewhere(context, version);
  return template;
};

const takeImage = async (context: StepContext, effect: Effect): Promise<void> => {
  await context.change(
    { kind: 'image', target: effect.target, before: null, wrote: effect.wrote },
    async () => effect.result,
  );
  await keepElsewhere(context, effect);
};

const keepElsewhere = async ({ core, record }: StepContext, effect: Effect): Promise<void> =>
  core.effects.settle(effect, 'kept', {
    note: `Taken over by ${record.deployment}, which resumed the deployment.`,
  });
