import {
  DeleteLaunchTemplateVersionsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
} from '@aws-sdk/client-ec2';
import type { ApplicationSettings } from '../application/schema';
import { messageOf, nameOf } from '../aws/failure';
import { calledAmong } from '../engine/releaseId';
import { gather, type CleaningInput, type GatheredFacts } from './gather';
import { sharedWith } from './look';
import { type CleaningPlan, type Deletion, type Kept, nameOfDeletion, planCleaning } from './plan';

export interface Wish {
  readonly application: string;
  readonly settings: ApplicationSettings;
  /** Good versions that stay, each with its newest image. */
  readonly keep: number;
  readonly dryRun: boolean;
  readonly by: string;
}

export interface Cleaned {
  readonly application: string;
  readonly dryRun: boolean;
  /** Versions, or ids, of the releases to which no rollback can go any more. */
  readonly releases: readonly string[];
  readonly deleted: readonly string[];
  readonly kept: readonly Kept[];
  /** What AWS did not delete, and why. */
  readonly failed: readonly Kept[];
  /** Why nothing, or not all of it, was deleted; the next run goes on. */
  readonly stopped?: string;
  /** It stopped since somebody else has the fleet. */
  readonly inProgress?: true;
}

/** A run that began with more than this leaves the rest to the next: a function ends within a minute. */
const maxDeletions = 60;

/** The plan, with the launch permissions of what would go: these cost a call for each image. */
const planFor = async (
  looking: CleaningInput,
  { application, settings, keep }: Wish,
): Promise<{ facts: GatheredFacts; plan: CleaningPlan }> => {
  const facts = await gather(looking, application, settings);
  const first = planCleaning(facts, keep);
  const goes = new Set(
    first.deletions.flatMap((deletion) => (deletion.kind === 'image' ? [nameOfDeletion(deletion)] : [])),
  );
  const unread: string[] = [];
  const images = await Promise.all(
    facts.images.map(async (image) => {
      if (!goes.has(nameOfDeletion({ kind: 'image', image: image.id, ...image }))) return image;
      try {
        return { ...image, sharedWith: await sharedWith(looking.inRegion(image.region).ec2, image.id) };
      } catch (error) {
        unread.push(`with whom ${image.id} is shared (${nameOf(error)}: ${messageOf(error)})`);
        return image;
      }
    }),
  );
  const known = { ...facts, images, unread: [...facts.unread, ...unread] };
  return { facts: known, plan: planCleaning(known, keep) };
};

/** Who has the fleet, and how often it has changed hands. */
const hold = async ({ core }: CleaningInput, { settings }: Wish) => {
  const lock = await core.locks.read(settings.group);
  return {
    busy: lock?.owner === undefined ? undefined : (lock.deployment ?? lock.owner),
    fence: lock?.fence ?? 0,
  };
};

/**
 * Deletes what nothing refers to any more of one application. It takes no lock, so that no rollback waits for it. Instead,
 * it marks releases as cleaned first, then reads everything again, and checks before each deletion that nobody has taken
 * the fleet's lock meanwhile. A rollback that takes the lock later sees the mark, and does not go to these releases.
 */
export const clean = async (looking: CleaningInput, wish: Wish): Promise<Cleaned> => {
  const { application, dryRun } = wish;
  const before = await hold(looking, wish);
  const { facts, plan } = await planFor(looking, wish);
  const told = {
    application,
    dryRun,
    releases: facts.releases
      .filter(({ release }) => plan.releases.includes(release))
      .map((release) => calledAmong(release, facts.releases)),
    kept: plan.kept,
    failed: [],
  };
  if (facts.unread.length > 0)
    return { ...told, releases: [], deleted: [], stopped: nothingDeleted(facts.unread) };
  if (dryRun) return { ...told, deleted: plan.deletions.map(nameOfDeletion) };
  if (plan.deletions.length === 0) return { ...told, deleted: [] };
  if (before.busy !== undefined)
    return {
      ...told,
      releases: [],
      deleted: [],
      stopped: `${before.busy} has the fleet; clean again after its end`,
      inProgress: true,
    };
  await markAll(looking, wish, facts, plan);
  const { facts: seen, plan: again } = await planFor(looking, wish);
  if (seen.unread.length > 0) return { ...told, deleted: [], stopped: nothingDeleted(seen.unread) };
  const agreed = new Set(plan.deletions.map(nameOfDeletion));
  const deletions = again.deletions.filter((deletion) => agreed.has(nameOfDeletion(deletion)));
  return { ...told, kept: again.kept, ...(await deleteAll(looking, wish, deletions, before.fence)) };
};

const nothingDeleted = (unread: readonly string[]): string =>
  `nothing is deleted, since something that could not be read may launch from it: ${unread.join('; ')}`;

const markAll = async (
  { core }: CleaningInput,
  { by }: Wish,
  facts: GatheredFacts,
  plan: CleaningPlan,
): Promise<void> => {
  const releases = facts.releases.filter(({ release }) => plan.releases.includes(release));
  await Promise.all(releases.map((release) => core.releases.markCleaned(release, { at: core.clock(), by })));
};

const deleteAll = async (
  looking: CleaningInput,
  wish: Wish,
  deletions: readonly Deletion[],
  fence: number,
): Promise<Pick<Cleaned, 'deleted' | 'failed' | 'stopped' | 'inProgress'>> => {
  const deleted: string[] = [];
  const failed: Kept[] = [];
  for (const [index, deletion] of deletions.entries()) {
    if (index >= maxDeletions)
      return {
        deleted,
        failed,
        stopped: `${String(deletions.length - index)} more are left to the next run`,
      };
    const now = await hold(looking, wish);
    if (now.busy !== undefined || now.fence !== fence)
      return {
        deleted,
        failed,
        stopped: `${now.busy ?? 'somebody'} has taken the fleet meanwhile; clean again after its end`,
        inProgress: true,
      };
    const why = await remove(looking, deletion);
    if (why === undefined) deleted.push(nameOfDeletion(deletion));
    else failed.push({ what: nameOfDeletion(deletion), why });
    // An image that a launch template version still names is in use.
    if (why !== undefined && deletion.kind === 'launch-template-version')
      return {
        deleted,
        failed,
        stopped: 'images stay as long as a launch template version cannot be deleted',
      };
  }
  return { deleted, failed };
};

/** @returns why it could not be deleted; what is gone already is no failure. */
const remove = async ({ inRegion }: CleaningInput, deletion: Deletion): Promise<string | undefined> => {
  const { ec2 } = inRegion(deletion.region);
  try {
    switch (deletion.kind) {
      case 'launch-template-version': {
        const { id, version } = deletion.launchTemplate;
        const { UnsuccessfullyDeletedLaunchTemplateVersions: [refused] = [] } = await ec2.send(
          new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
        );
        const { Code: code, Message: message } = refused?.ResponseError ?? {};
        return code === undefined || code === 'launchTemplateVersionDoesNotExist'
          ? undefined
          : `${code}: ${message ?? ''}`;
      }
      case 'image': {
        const { DeleteSnapshotResults: results = [] } = await ec2.send(
          new DeregisterImageCommand({ ImageId: deletion.image, DeleteAssociatedSnapshots: true }),
        );
        const left = results.filter(({ ReturnCode }) => ReturnCode !== 'success' && ReturnCode !== 'skipped');
        if (left.length === 0) return undefined;
        return `deregistered, but ${left.map(({ SnapshotId, ReturnCode }) => `${SnapshotId ?? ''} stays: ${ReturnCode ?? ''}`).join(', ')}`;
      }
      case 'snapshot':
        await ec2.send(new DeleteSnapshotCommand({ SnapshotId: deletion.snapshot }));
        return undefined;
    }
  } catch (error) {
    const gone = /^(InvalidAMIID\.(NotFound|Unavailable)|InvalidSnapshot\.NotFound)$/.test(nameOf(error));
    return gone ? undefined : `${nameOf(error)}: ${messageOf(error)}`;
  }
};
