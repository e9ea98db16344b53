import type { LaunchTemplateRef } from '../engine/record';
import { calledAmong } from '../engine/releaseId';
import { isGoodRelease } from '../engine/releases';
import type { Facts, KnownRelease, OwnImage, TemplateVersion } from './facts';

/** One call that deletes. The order of the plan lets the next run find what an interrupted one left. */
export type Deletion =
  | {
      readonly kind: 'launch-template-version';
      readonly region: string;
      readonly launchTemplate: LaunchTemplateRef;
    }
  | {
      readonly kind: 'image';
      readonly region: string;
      readonly image: string;
      readonly snapshots: readonly string[];
    }
  | { readonly kind: 'snapshot'; readonly region: string; readonly snapshot: string };

export interface Kept {
  /** `image ami-1 in eu-west-1` */
  readonly what: string;
  readonly why: string;
}

export interface CleaningPlan {
  readonly deletions: readonly Deletion[];
  readonly kept: readonly Kept[];
  /** Sort keys of the releases to which no rollback can go any more; marked so before anything is deleted. */
  readonly releases: readonly string[];
}

/** A rollback goes from the version that runs to the one before it: with fewer than two there is no way back. */
const minGood = 2;

export const nameOfVersion = ({ id, version }: LaunchTemplateRef): string =>
  `launch template version ${id}:${version}`;

export const nameOfDeletion = (deletion: Deletion): string => {
  switch (deletion.kind) {
    case 'launch-template-version':
      return `${nameOfVersion(deletion.launchTemplate)} in ${deletion.region}`;
    case 'image':
      return `image ${deletion.image} in ${deletion.region}`;
    case 'snapshot':
      return `snapshot ${deletion.snapshot} in ${deletion.region}`;
  }
};

/** Reasons to keep things, by what they are about; the first one that was found is told. */
class Reasons {
  private readonly found = new Map<string, string>();
  add(key: string, why: string): void {
    if (!this.found.has(key)) this.found.set(key, why);
  }
  of(key: string): string | undefined {
    return this.found.get(key);
  }
}

const imageKey = (region: string, id: string): string => `image ${region} ${id}`;
const snapshotKey = (region: string, id: string): string => `snapshot ${region} ${id}`;
const versionKey = (region: string, { id, version }: LaunchTemplateRef): string =>
  `version ${region} ${id} ${version}`;
const deploymentKey = (deployment: string): string => `deployment ${deployment}`;

/** The newest release of each of the last versions. @param releases the newest first. */
const newestOfVersions = (releases: readonly KnownRelease[], count: number): KnownRelease[] => {
  const found = new Map<string, KnownRelease>();
  for (const release of releases)
    if (!found.has(release.version) && found.size < count) found.set(release.version, release);
  return [...found.values()];
};

/**
 * The newest image of each of the last good versions: several images of one version are one way back. They are counted
 * on the group as the settings name it, so that releases of a former one do not take their place, and over all fleets.
 */
const keptReleases = ({ releases, group }: Facts, keep: number): KnownRelease[] => {
  const count = Math.max(keep, minGood);
  const good = releases.filter(isGoodRelease);
  const here = good.filter((release) => release.group === group);
  return [...new Set([...newestOfVersions(here, count), ...newestOfVersions(good, count)])];
};

const ref = (release: KnownRelease, { releases }: Facts): string =>
  `release ${calledAmong(release, releases)} of ${release.release.slice(0, 10)}`;

/** Why images and launch template versions stay, by releases, records, groups, refreshes and instances. */
const reasonsOf = (facts: Facts, keep: number): Reasons => {
  const { homeRegion, images, versions, uses, claims } = facts;
  const reasons = new Reasons();
  // The image's copies in other regions belong to whoever made it.
  const claim = (image: string, why: string): void => {
    reasons.add(imageKey(homeRegion, image), why);
    const made = images.find(({ id, region }) => id === image && region === homeRegion);
    if (made) reasons.add(deploymentKey(made.deployment), why);
  };
  for (const release of keptReleases(facts, keep)) {
    const why = `${ref(release, facts)} is one of the last good ones`;
    claim(release.image, why);
    reasons.add(deploymentKey(release.deployment), why);
    reasons.add(versionKey(homeRegion, release.launchTemplate), why);
  }
  for (const { deployment, why, images: needed, launchTemplates } of claims) {
    reasons.add(deploymentKey(deployment), why);
    for (const image of needed) claim(image, why);
    for (const template of launchTemplates) reasons.add(versionKey(homeRegion, template), why);
  }
  for (const { by, region, image, snapshot, launchTemplate } of uses) {
    const why = `used by ${by}`;
    if (snapshot !== undefined) reasons.add(snapshotKey(region, snapshot), why);
    if (image !== undefined) reasons.add(imageKey(region, image), why);
    if (launchTemplate) reasons.add(versionKey(region, launchTemplate), why);
  }
  for (const version of versions)
    if (version.isDefault)
      reasons.add(versionKey(version.region, version), 'the default of its launch template');
  for (const { id, region, sharedWith, isProtected } of images) {
    if (sharedWith.length > 0) reasons.add(imageKey(region, id), `shared with ${sharedWith.join(', ')}`);
    if (isProtected === true) reasons.add(imageKey(region, id), 'protected from deregistration');
  }
  return reasons;
};

const whyVersion = (reasons: Reasons, version: TemplateVersion): string | undefined =>
  version.deployment === undefined
    ? 'not made by Forseti'
    : (reasons.of(versionKey(version.region, version)) ?? reasons.of(deploymentKey(version.deployment)));

/** An image goes together with its snapshots, so it stays for one of them. */
const whyImage = (reasons: Reasons, { region, id, deployment, snapshots }: OwnImage): string | undefined =>
  reasons.of(imageKey(region, id)) ??
  reasons.of(deploymentKey(deployment)) ??
  snapshots
    .flatMap((snapshot) => {
      const why = reasons.of(snapshotKey(region, snapshot));
      return why === undefined ? [] : [`${snapshot} is ${why}`];
    })
    .at(0);

/** Home comes last: by its image the next run finds what is left in other regions. */
const homeLast =
  (home: string) =>
  (one: { readonly region: string }, other: { readonly region: string }): number =>
    Number(one.region === home) - Number(other.region === home);

/**
 * What of an application's images, snapshots and launch template versions nothing refers to any more, in the order in which it is
 * deleted: first the versions, so that none names an image that is gone, then images with their snapshots, then
 * snapshots whose image is gone already.
 * @param keep good versions that stay, two at least: the one that runs, and the one that a rollback goes to.
 */
export const planCleaning = (facts: Facts, keep: number): CleaningPlan => {
  const reasons = reasonsOf(facts, keep);
  const kept: Kept[] = [];
  const versions = facts.versions.filter((version) => {
    const why = whyVersion(reasons, version);
    if (why === undefined) return true;
    if (version.deployment !== undefined)
      kept.push({ what: `${nameOfVersion(version)} in ${version.region}`, why });
    const naming = `named by ${nameOfVersion(version)} (${why})`;
    if (version.image !== undefined) reasons.add(imageKey(version.region, version.image), naming);
    for (const snapshot of version.snapshots ?? [])
      reasons.add(snapshotKey(version.region, snapshot), naming);
    return false;
  });
  const images = facts.images.filter((image) => {
    const why = whyImage(reasons, image);
    if (why !== undefined) kept.push({ what: `image ${image.id} in ${image.region}`, why });
    return why === undefined;
  });
  const goes = new Set(images.map(({ id }) => id));
  const snapshots = facts.snapshots.filter((snapshot) => {
    const by = snapshot.images.find((image) => !goes.has(image));
    const why =
      by === undefined
        ? (reasons.of(snapshotKey(snapshot.region, snapshot.id)) ??
          reasons.of(deploymentKey(snapshot.deployment)))
        : `part of image ${by}`;
    if (why !== undefined) kept.push({ what: `snapshot ${snapshot.id} in ${snapshot.region}`, why });
    return why === undefined;
  });
  const deletions = [
    ...versions.map((version) => ({
      kind: 'launch-template-version' as const,
      region: version.region,
      launchTemplate: { id: version.id, version: version.version },
    })),
    ...[...images].sort(homeLast(facts.homeRegion)).map(({ id, region, snapshots: parts }): Deletion => ({
      kind: 'image',
      region,
      image: id,
      snapshots: parts,
    })),
    ...[...snapshots]
      .sort(homeLast(facts.homeRegion))
      .filter(({ images: of }) => of.length === 0)
      .map(({ id, region }): Deletion => ({ kind: 'snapshot', region, snapshot: id })),
  ];
  return { deletions, kept, releases: cleanedReleases(facts, deletions) };
};

/** Those whose image or launch template version goes. */
const cleanedReleases = ({ releases, homeRegion }: Facts, deletions: readonly Deletion[]): string[] => {
  const gone = new Set(
    deletions.map((deletion) =>
      deletion.kind === 'image'
        ? imageKey(deletion.region, deletion.image)
        : deletion.kind === 'launch-template-version'
          ? versionKey(deletion.region, deletion.launchTemplate)
          : '',
    ),
  );
  return releases
    .filter(
      ({ cleanedAt, image, launchTemplate }) =>
        cleanedAt === undefined &&
        (gone.has(imageKey(homeRegion, image)) || gone.has(versionKey(homeRegion, launchTemplate))),
    )
    .map(({ release }) => release);
};
