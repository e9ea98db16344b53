import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { messageOf, nameOf } from '../aws/failure';
import { groupUses, launchConfigurationUses } from './autoScalingUses';
import type { OwnImage, OwnSnapshot, TemplateVersion, Use } from './facts';
import { fleetUses, recipeUses, spotFleetUses, spotRequestUses } from './fleetUses';
import { parameterUses, withImages } from './imageParameters';
import { instanceUses, ownImages, ownSnapshots } from './look';
import { allTemplateVersions, usesOfTemplates } from './templateVersions';

/** The clients of one region. */
export interface RegionClients {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly ssm: SSMClient;
}

/** What one region holds of an application, and who launches from it. */
export interface RegionView {
  readonly images: readonly OwnImage[];
  readonly snapshots: readonly OwnSnapshot[];
  /** Of the application's own templates, and those of others that name one of its images or snapshots. */
  readonly versions: readonly TemplateVersion[];
  readonly uses: readonly Use[];
  /** Places that could not be read, with the reason: `launch configurations of eu-west-1 (AccessDenied: …)`. */
  readonly unread: readonly string[];
}

/** Reads places one by one; what cannot be read is noted, and is not taken for empty. */
const reader = (region: string) => {
  const unread: string[] = [];
  const read = async <Found>(place: string, work: () => Promise<Found>, none: Found): Promise<Found> => {
    try {
      return await work();
    } catch (error) {
      unread.push(`${place} of ${region} (${nameOf(error)}: ${messageOf(error)})`);
      return none;
    }
  };
  return { read, unread };
};

/**
 * Looks for the application's images in every place of the region from which EC2 or Auto Scaling launches by itself:
 * instances, launch templates, groups with their overrides and refreshes, launch configurations, Spot requests, fleets,
 * Image Builder's recipes, and the parameters by which any of them may name an image.
 * @param own ids of the application's own launch templates.
 */
export const lookIntoRegion = async (
  { ec2, autoScaling, ssm }: RegionClients,
  region: string,
  application: string,
  own: ReadonlySet<string>,
): Promise<RegionView> => {
  const { read, unread } = reader(region);
  const [images, snapshots, templates] = await Promise.all([
    read('images', () => ownImages(ec2, region, application), []),
    read('snapshots', () => ownSnapshots(ec2, region, application), []),
    read('launch templates', () => allTemplateVersions(ec2, region), { versions: [], ids: new Map() }),
  ]);
  const ids = new Set(images.map(({ id }) => id));
  const snapshotIds = new Set(snapshots.map(({ id }) => id));
  const usesOf = usesOfTemplates(region, templates);
  const uses = await Promise.all([
    read('instances', () => instanceUses(ec2, region, [...ids]), []),
    read('Auto Scaling groups', () => groupUses(autoScaling, region, usesOf), []),
    read('launch configurations', () => launchConfigurationUses(autoScaling, region), []),
    read('Spot requests', () => spotRequestUses(ec2, region), []),
    read('Spot Fleets', () => spotFleetUses(ec2, region, usesOf), []),
    read('EC2 Fleets', () => fleetUses(ec2, usesOf), []),
    read('parameters of images', () => parameterUses(ssm, region, ids), []),
    read("Image Builder's recipes", () => recipeUses(ec2, region, ids), []),
  ]);
  const named = await read(
    'the parameters that launch templates and groups name',
    async () => ({
      versions: await withImages(ssm, templates.versions),
      uses: await withImages(ssm, uses.flat()),
    }),
    { versions: [], uses: [] },
  );
  const versions = named.versions.filter(
    ({ id, image, snapshots: parts = [] }) =>
      own.has(id) ||
      (image !== undefined && ids.has(image)) ||
      parts.some((snapshot) => snapshotIds.has(snapshot)),
  );
  return { images, snapshots, versions, uses: named.uses, unread };
};
