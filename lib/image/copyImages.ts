import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ApplicationSettings, Settings } from '../application/schema';
import { withinTime } from '../aws/withinTime';
import { type ImageCopy, isGoodRelease, type Release, type Releases } from '../engine/releases';
import { copyImage, isCopyDue } from './copyImage';

export interface CopyImagesTools {
  readonly releases: Releases;
  readonly inRegion: (region: string) => EC2Client;
  /** The region of the images. */
  readonly home: string;
  readonly clock: () => number;
  /** Tells people of a copy that fails; never throws. */
  readonly tell: (
    release: Release,
    settings: ApplicationSettings,
    failure: { readonly region: string; readonly problem: string },
  ) => Promise<void>;
  /** Ends a call to a region that does not answer. */
  readonly deadline: () => AbortSignal;
}

/**
 * Copies the images of good releases to the regions that the settings named when they were deployed. Copies serve a
 * disaster, so no deployment waits for one, and none fails with one.
 * @returns how many copies are not available yet.
 */
export const copyImages = async ({ applications }: Settings, tools: CopyImagesTools): Promise<number> => {
  const missing = await Promise.all(
    Object.entries(applications).map(async ([application, settings]) => {
      const releases = await tools.releases.list(application);
      const counts = await Promise.all(
        releases.filter(isGoodRelease).map((release) => copyRelease(release, settings, tools)),
      );
      return sum(counts);
    }),
  );
  return sum(missing);
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const copyRelease = async (
  release: Release,
  settings: ApplicationSettings,
  tools: CopyImagesTools,
): Promise<number> => {
  const { imageCopies = {} } = release;
  const now = tools.clock();
  const due = Object.entries(imageCopies).filter(([, copy]) => isCopyDue(copy, now));
  if (due.length === 0) return Object.values(imageCopies).filter(({ state }) => state !== 'available').length;
  const copied = await Promise.all(
    due.map(async ([region, copy]): Promise<[string, ImageCopy]> => {
      if (region === tools.home)
        return [region, { state: 'available', image: release.image, since: now, tries: 0 }];
      const next = await copyInTime(release, region, copy, tools);
      await tellOnce(release, settings, region, { copy, next }, tools);
      return [region, next];
    }),
  );
  const all = { ...imageCopies, ...Object.fromEntries(copied) };
  if (JSON.stringify(all) !== JSON.stringify(imageCopies)) await tools.releases.setCopies(release, all);
  return Object.values(all).filter(({ state }) => state !== 'available').length;
};

const copyInTime = (
  release: Release,
  region: string,
  copy: ImageCopy,
  { inRegion, home, clock, deadline }: CopyImagesTools,
): Promise<ImageCopy> =>
  withinTime(
    () => copyImage(release, copy, { ec2: inRegion(region), home, now: clock() }),
    deadline(),
    `${region} does not answer.`,
  ).catch((error: unknown) => ({
    ...(copy.state === 'copying'
      ? copy
      : { state: 'failed' as const, since: clock(), tries: copy.tries + 1 }),
    problem: error instanceof Error ? error.message : String(error),
  }));

/** The first failure of a copy is told; it is tried again without further messages, and `forseti list` shows it. */
const tellOnce = async (
  release: Release,
  settings: ApplicationSettings,
  region: string,
  { copy, next }: { readonly copy: ImageCopy; readonly next: ImageCopy },
  { tell }: CopyImagesTools,
): Promise<void> => {
  if (next.problem === undefined || copy.problem !== undefined || copy.tries > 0) return;
  await tell(release, settings, { region, problem: next.problem });
};
