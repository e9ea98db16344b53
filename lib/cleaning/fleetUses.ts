import {
  DescribeImageReferencesCommand,
  type EC2Client,
  paginateDescribeFleets,
  paginateDescribeSpotFleetRequests,
  paginateDescribeSpotInstanceRequests,
} from '@aws-sdk/client-ec2';
import { chunks } from '../aws/chunks';
import type { Use } from './facts';
import { usesOfSource } from './launchSource';
import { allPages } from './pages';
import type { UsesOfTemplate } from './templateVersions';

/** Spot requests that may launch, again: a persistent one is `disabled` while its instance is stopped. */
export const spotRequestUses = async (ec2: EC2Client, region: string): Promise<Use[]> => {
  const found = await allPages(
    paginateDescribeSpotInstanceRequests(
      { client: ec2 },
      { Filters: [{ Name: 'state', Values: ['open', 'active', 'disabled'] }] },
    ),
    ({ SpotInstanceRequests }) => SpotInstanceRequests,
  );
  return found.flatMap(({ SpotInstanceRequestId: id = '', LaunchSpecification: source }) =>
    usesOfSource(source, `Spot request ${id}`, region),
  );
};

/** States in which a Spot Fleet request launches nothing any more. */
const spotFleetOver = /^(cancelled|failed)/;

export const spotFleetUses = async (
  ec2: EC2Client,
  region: string,
  usesOf: UsesOfTemplate,
): Promise<Use[]> => {
  const found = await allPages(
    paginateDescribeSpotFleetRequests({ client: ec2 }, {}),
    ({ SpotFleetRequestConfigs }) => SpotFleetRequestConfigs,
  );
  return found
    .filter(({ SpotFleetRequestState: state }) => !spotFleetOver.test(state ?? ''))
    .flatMap(({ SpotFleetRequestId: id = '', SpotFleetRequestConfig: config }) => {
      const by = `Spot Fleet ${id}`;
      return [
        ...(config?.LaunchSpecifications ?? []).flatMap((source) => usesOfSource(source, by, region)),
        ...(config?.LaunchTemplateConfigs ?? []).flatMap(({ LaunchTemplateSpecification: template }) =>
          usesOf(template, by),
        ),
      ];
    });
};

/** States in which an EC2 Fleet launches nothing any more. */
const fleetOver = /^(deleted|failed)/;

/**
 * EC2 Fleets by their templates. Only a fleet of type `instant` has images of its own in its overrides (EC2 API,
 * FleetLaunchTemplateOverridesRequest), and that one launches once.
 */
export const fleetUses = async (ec2: EC2Client, usesOf: UsesOfTemplate): Promise<Use[]> => {
  const found = await allPages(paginateDescribeFleets({ client: ec2 }, {}), ({ Fleets }) => Fleets);
  return found
    .filter(({ FleetState: state }) => !fleetOver.test(state ?? ''))
    .flatMap(({ FleetId: id = '', LaunchTemplateConfigs: configs = [] }) =>
      configs.flatMap(({ LaunchTemplateSpecification: template }) => usesOf(template, `EC2 Fleet ${id}`)),
    );
};

/** DescribeImageReferences takes so many images. */
const maxImages = 10;

/** Recipes of EC2 Image Builder, which launches an instance of its parent image for each build. */
export const recipeUses = async (
  ec2: EC2Client,
  region: string,
  images: ReadonlySet<string>,
): Promise<Use[]> => {
  const uses: Use[] = [];
  for (const ImageIds of chunks([...images], maxImages)) {
    let NextToken: string | undefined;
    do {
      const answer = await ec2.send(
        new DescribeImageReferencesCommand({
          ImageIds,
          ResourceTypes: [
            { ResourceType: 'imagebuilder:ImageRecipe' },
            { ResourceType: 'imagebuilder:ContainerRecipe' },
          ],
          ...(NextToken !== undefined && { NextToken }),
        }),
      );
      for (const { ImageId: image, Arn: arn = '' } of answer.ImageReferences ?? [])
        if (image !== undefined) uses.push({ by: `Image Builder's recipe ${arn}`, region, image });
      ({ NextToken } = answer);
    } while (NextToken !== undefined && NextToken !== '');
  }
  return uses;
};
