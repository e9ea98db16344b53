import type { EC2Client } from '@aws-sdk/client-ec2';
import type { StepContext } from '../engine/context';
import type { Effect } from '../engine/effect';
import type { LaunchTemplateRef } from '../engine/record';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import { imageEffect, type ImageShape } from '../image/imageEffect';
import { templateVersionEffect } from './templateVersionEffect';

/**
 * Takes over what was retained of the failed deployment: image, copies, launch template version. If this deployment
 * fails too, it retains them in turn.
 * @returns the launch template version, if it still exists and was made from what the group uses now.
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
  const retained = effects.filter(({ state }) => state === 'spare' || state === 'kept');
  await Promise.all(
    retained.filter((effect) => imageEffect.is(effect)).map((effect) => takeImage(context, effect)),
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
  const version = retained.find((effect) => templateVersionEffect.is(effect));
  if (version) await keepElsewhere(context, version);
  return template;
};

const takeImage = async (context: StepContext, effect: Effect<ImageShape>): Promise<void> => {
  const { target, wrote, result } = effect;
  // An image without a known id cannot be taken over: the failed deployment removes it.
  if (!result) return;
  await context.change(imageEffect, { target, before: null, wrote }, async () => result);
  await keepElsewhere(context, effect);
};

const keepElsewhere = async ({ core, record }: StepContext, effect: Effect): Promise<void> =>
  core.effects.settle(effect, 'kept', {
    note: `Taken over by ${record.deployment}, which resumed the deployment.`,
  });
