import type { ApplicationSettings } from '../application/schema';
import type { Core } from '../engine/core';
import type { DeploymentRecord, LaunchTemplateRef } from '../engine/record';
import { descriptionOf } from '../rollout/templateVersionEffect';
import type { Release } from '../engine/releases';
import type { Claim, Facts, TemplateVersion } from './facts';
import { lookIntoRegion, type RegionClients } from './lookIntoRegion';

export interface CleaningInput {
  readonly core: Core;
  /** Copies of images are in other regions. */
  readonly inRegion: (region: string) => RegionClients;
}

/** So many of the last records are looked at for the one that was deployed last, and for regions of copies. */
const latestRecords = 20;

const defined = <Item>(...items: readonly (Item | undefined)[]): Item[] =>
  items.filter((item): item is Item => item !== undefined);

const claimOf = (record: DeploymentRecord, why: string): Claim => ({
  deployment: record.deployment,
  why,
  images: defined(record.image, record.bakedImage, record.baseline?.image),
  launchTemplates: defined<LaunchTemplateRef>(
    record.launchTemplate,
    record.groupTemplate,
    record.baseline?.launchTemplate,
  ),
});

/** What a record still needs; undefined if its time is over. */
const needOf = (record: DeploymentRecord, now: number): string | undefined => {
  if (record.closedAt === undefined) return `deployment ${record.deployment} has not ended`;
  if (record.due === 'spare' && (record.spareUntil ?? 0) > now)
    return `kept until ${new Date(record.spareUntil ?? 0).toISOString()}, to be resumed from ${record.deployment}`;
  return undefined;
};

/** @param latest the application's newest records. */
export const claimsOf = (
  records: readonly DeploymentRecord[],
  latest: readonly DeploymentRecord[],
  now: number,
): Claim[] => {
  const claims = records.flatMap((record) => {
    const why = needOf(record, now);
    if (why === undefined) return [];
    const claim = claimOf(record, why);
    // A deployment that resumed another one keeps that one's image for this time.
    return record.resumedFrom === undefined || record.closedAt !== undefined
      ? [claim]
      : [claim, { ...claim, deployment: record.resumedFrom }];
  });
  const last = latest.find(({ kind, completedAt }) => kind !== 'rollback' && completedAt !== undefined);
  if (!last?.baseline) return claims;
  const { image, launchTemplate } = last.baseline;
  const why = `what ran before ${last.version}`;
  return [...claims, { deployment: '', why, images: defined(image), launchTemplates: [launchTemplate] }];
};

/** Records by the names in tags and descriptions. What has no record in this stack's table belongs to somebody else. */
const recordsOf = async (core: Core, names: ReadonlySet<string>): Promise<Map<string, DeploymentRecord>> => {
  const found = await Promise.all([...names].map((name) => core.records.find(name)));
  return new Map(defined(...found).map((record) => [record.deployment, record]));
};

/** A version is ours where its description is what we would have written. */
const judged = (
  version: TemplateVersion,
  records: ReadonlyMap<string, DeploymentRecord>,
  written: (record: DeploymentRecord) => string,
): TemplateVersion => {
  const record = version.deployment === undefined ? undefined : records.get(version.deployment);
  const isOurs = record !== undefined && version.deployment === written(record);
  return isOurs ? version : { ...version, deployment: undefined };
};

/** The facts, with the whole releases. */
export interface GatheredFacts extends Facts {
  readonly releases: readonly Release[];
  /** Places that could not be read, with the reason: while there is one, nothing may be deleted. */
  readonly unread: readonly string[];
}

/** Reads everything that the decision needs. */
export const gather = async (
  { core, inRegion }: CleaningInput,
  application: string,
  settings: ApplicationSettings,
): Promise<GatheredFacts> => {
  const home = core.environment.region;
  const [releases, latest, open] = await Promise.all([
    core.releases.list(application),
    core.records.latest(application, latestRecords),
    core.records.due('open'),
  ]);
  const regions = new Set([
    home,
    ...settings.image.copyTo,
    // The record of a request that was refused early has no settings.
    ...latest.flatMap(({ settings: then }) => (then as ApplicationSettings | undefined)?.image.copyTo ?? []),
    ...releases.flatMap(({ imageCopies = {} }) => Object.keys(imageCopies)),
  ]);
  const templates = new Set(releases.map(({ launchTemplate }) => launchTemplate.id));
  for (const { groupTemplate } of latest) if (groupTemplate) templates.add(groupTemplate.id);
  const seen = await Promise.all(
    [...regions].map((region) =>
      lookIntoRegion(inRegion(region), region, application, region === home ? templates : new Set()),
    ),
  );
  const versions = seen.flatMap((one) => one.versions);
  const named = [...seen.flatMap(({ images, snapshots }) => [...images, ...snapshots]), ...versions];
  const records = await recordsOf(core, new Set(defined(...named.map(({ deployment }) => deployment))));
  // The releases that a renamed application took over were made under its former name.
  const released = new Set(releases.map(({ deployment }) => deployment));
  const isOurs = ({ deployment }: { deployment: string }): boolean =>
    records.get(deployment)?.application === application ||
    (records.has(deployment) && released.has(deployment));
  const ownVersions = versions.map((version) =>
    judged(version, records, (record) => deploymentIn(descriptionOf(record))),
  );
  return {
    homeRegion: home,
    group: settings.group,
    releases,
    images: seen.flatMap(({ images }) => images).filter(isOurs),
    snapshots: seen.flatMap(({ snapshots }) => snapshots).filter(isOurs),
    versions: ownVersions,
    uses: seen.flatMap(({ uses }) => uses),
    unread: [...seen.flatMap((one) => one.unread)],
    claims: claimsOf([...records.values(), ...open], latest, core.clock()),
  };
};

const deploymentIn = (description: string): string => description.slice(description.indexOf(' ') + 1);
