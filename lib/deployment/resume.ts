import type { EC2Client } from '@aws-sdk/client-ec2';
import { describeTemplateVersion } from '../fleet/launchTemplates';
import type { StepContext } from './context';
import type { Effect } from './effects';
import { InvalidRequest } from './errors';
import type { DeploymentRecord, LaunchTemplateRef } from './record';
import type { DeployRequest } from './request';

/**
 * A request that goes on where a failed deployment had an image already: nothing is provisioned or baked again.
 * @throws InvalidRequest that lists why that deployment cannot be resumed.
 */
export const resumedRequest = (
  request: DeployRequest,
  failed: DeploymentRecord | undefined,
): DeployRequest => {
  if (request.resumeFrom === undefined) return request;
  const problems = problemsOf(request, failed);
  if (!failed || problems.length > 0)
    throw new InvalidRequest(`Deployment ${request.resumeFrom} cannot be resumed.`, { problems });
  return { ...request, image: failed.bakedImage };
};

const problemsOf = (request: DeployRequest, failed: DeploymentRecord | undefined): string[] => {
  if (!failed)
    return [`There is no record of it; "forseti status ${request.application}" names the last ones.`];
  const { application, version, kind, closedAt, outcome, bakedImage } = failed;
  const again = `deploy again: forseti deploy ${request.application} ${request.version}`;
  return [
    ...(kind === 'rollback' ? ['It is a rollback; start another one.'] : []),
    ...(application === request.application && version === request.version
      ? []
      : [
          `It was for ${application} ${version}, the request is for ${request.application} ${request.version}.`,
        ]),
    ...(closedAt === undefined ? ['It has not ended yet, or is being mended; wait for its end.'] : []),
    ...(outcome === 'Deployed' ? ['It was deployed: there is nothing to resume.'] : []),
    ...(bakedImage === undefined ? [`It failed before its image was made; ${again}`] : []),
    ...(request.image === undefined || request.image === bakedImage
      ? []
      : [`It made image ${bakedImage ?? 'none'}, the request names ${request.image}; leave "image" out.`]),
  ];
};

/**
 * What was kept of the failed deployment becomes this one's: image, copies, launch template version. Should this one fail
 * too, it keeps them in its turn.
 * @returns the launch template version, if it is there still and was made from what the group uses now.
 */
export const takeSpares = async (
  context: StepContext,
  ec2: EC2Client,
): Promise<LaunchTemplateRef | undefined> => {
  const { record, core } = context;
  if (record.resumedFrom === undefined) return undefined;
  const [failed, effects] = await Promise.all([
    core.records.find(record.resumedFrom),
    core.effects.list(record.resumedFrom),
  ]);
  const isSpare = ({ kind, state }: Effect, wanted: Effect['kind']): boolean =>
    kind === wanted && (state === 'spare' || state === 'kept');
  await Promise.all(
    effects.filter((effect) => isSpare(effect, 'image')).map((effect) => takeImage(context, effect)),
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
  const version = effects.find((effect) => isSpare(effect, 'launch-template-version'));
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
