import { InvalidRequest } from '../engine/errors';
import type { DeploymentRecord } from '../engine/record';
import type { DeployRequest } from './request';

/**
 * A request that goes on where a failed deployment already had an image: nothing is provisioned, and no image is made
 * again.
 * @throws InvalidRequest that lists why the deployment cannot be resumed.
 */
export const resumedRequest = (
  request: DeployRequest,
  failed: DeploymentRecord | undefined,
): DeployRequest => {
  if (request.resumeFrom === undefined) return request;
  const problems = problemsOf(request, failed);
  if (!failed || problems.length > 0)
    throw new InvalidRequest(`Deployment ${request.resumeFrom} cannot be resumed.`, { problems });
  const commit = request.commit ?? failed.commit;
  return { ...request, image: failed.bakedImage, ...(commit !== undefined && { commit }) };
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
