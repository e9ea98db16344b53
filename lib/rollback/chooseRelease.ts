import { AlreadyRolledBack, NoGoodRelease, NoRelease, UnknownVersion } from '../engine/errors';
import type { LaunchTemplateRef } from '../engine/record';
import type { Release } from '../engine/releases';

export interface Choice {
  /** Where the rollback goes. */
  readonly target: Release;
  /** The good release that the fleet runs now; none while a deployment runs, or where the fleet runs a bad one. */
  readonly current: Release | undefined;
  /** Good releases that are newer than the target: after the rollback none of them is good any more. */
  readonly withdraws: readonly Release[];
}

export interface Question {
  readonly application: string;
  /** All releases, the newest first. */
  readonly releases: readonly Release[];
  /** The version that was named. */
  readonly version: string | undefined;
  /** A deployment runs: the group still uses what was good before it. */
  readonly deploying: boolean;
  /** An alarm asks, and the release that it is about is marked as bad already: the newest good one is the target. */
  readonly automatic: boolean;
  /** What the group launches from now. */
  readonly groupTemplate: LaunchTemplateRef | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Within this time a second rollback that names no version is taken for the first one, sent twice. */
export const doubledMs = 10 * 60_000;

/**
 * The last release marked as good, or the named one; never just "the previous". If the request names none and the fleet
 * runs the last good release already, a person wants to leave that release, so the one before it is chosen. A rollback
 * that is repeated within {@link doubledMs} does not go further back.
 * @throws NoRelease, NoGoodRelease, UnknownVersion, AlreadyRolledBack
 */
export const chooseRelease = (question: Question): Choice => {
  const { application } = question;
  if (question.releases.length > 0 && question.releases.every(isCleaned))
    throw new NoGoodRelease(
      `${application} has no release whose image is still there. Deploy a version again.`,
    );
  return chosen({ ...question, releases: namedCleaned(question) });
};

const isCleaned = ({ cleanedAt }: Release): boolean => cleanedAt !== undefined;

/** The releases to which a rollback can go. @throws UnknownVersion if the named one was cleaned. */
const namedCleaned = ({ releases, application, version }: Question): Release[] => {
  const left = releases.filter((release) => !isCleaned(release));
  const cleaned = releases.find((release) => isCleaned(release) && release.version === version);
  if (cleaned && !left.some((release) => release.version === version))
    throw new UnknownVersion(
      `The image of ${application} ${cleaned.version} was cleaned at ${new Date(cleaned.cleanedAt ?? 0).toISOString()}; ` +
        `there still are ${known(left)}. To deploy it anew: forseti deploy ${application} ${cleaned.version}`,
    );
  return left;
};

const chosen = (question: Question): Choice => {
  const { releases, application } = question;
  if (releases.length === 0)
    throw new NoRelease(
      `${application} has no release yet: its first deployment has not ended well, so there is nothing to go back to. ` +
        `What the group ran before is put back by the failed deployment itself; see forseti status ${application}.`,
    );
  const current = question.deploying || question.automatic ? undefined : currentOf(question);
  const target =
    question.version === undefined ? lastGood(question, current) : named(question, question.version);
  const withdraws = releases.filter(({ state, release }) => state === 'good' && release > target.release);
  return { target, current: current?.release === target.release ? undefined : current, withdraws };
};

const isAt = ({ launchTemplate }: Release, template: LaunchTemplateRef | undefined): boolean =>
  template?.id === launchTemplate.id && template.version === launchTemplate.version;

/** The newest good release, if the group launches from it. */
const currentOf = ({ releases, groupTemplate }: Question): Release | undefined => {
  const newest = releases.find(({ state }) => state === 'good');
  return newest && isAt(newest, groupTemplate) ? newest : undefined;
};

/**
 * Whether the rollback that went to a release is asked for once more: neither named a version, so both mean the same
 * target, and the first has just ended.
 */
const isDoubled = ({ restoredAt, restoredByName }: Release, now: number): boolean =>
  restoredAt !== undefined && restoredByName !== true && now - restoredAt < doubledMs;

const lastGood = ({ releases, application, now }: Question, current: Release | undefined): Release => {
  if (current?.restoredAt !== undefined && isDoubled(current, now))
    throw new AlreadyRolledBack(
      `${application} was rolled back to ${current.version} at ${new Date(current.restoredAt).toISOString()} already, less than ` +
        `${String(doubledMs / 60_000)} minutes ago. To go to another release, name it: forseti rollback ${application} --to VERSION (${known(releases)}).`,
    );
  const target = releases.find(({ state, release }) => state === 'good' && release !== current?.release);
  if (target) return target;
  const all = releases.map(({ version, state }) => `${version} (${state})`).join(', ');
  throw new NoGoodRelease(
    `${application} has no${current ? ' other' : ''} good release to go back to; known are ${all}. ` +
      `To go to one all the same, name it: forseti rollback ${application} --to VERSION.`,
  );
};

/** If a version was deployed more than once, its last deployment is meant, a good one before a bad one. */
const named = ({ releases, application }: Question, version: string): Release => {
  const found = releases.filter((release) => release.version === version);
  const target = found.find(({ state }) => state === 'good') ?? found[0];
  if (target) return target;
  const meant = releases.find((release) => bare(release.version) === bare(version))?.version;
  throw new UnknownVersion(
    `${application} was never released as ${version}; known are ${known(releases)}${meant === undefined ? '. ' : `; did you mean ${meant}? `}` +
      `To deploy it: forseti deploy ${application} ${version}`,
  );
};

/** `1.4.2`, `V1.4.2` and `v1-4-2` are equal; other digits are another version, however similar. */
const bare = (version: string): string =>
  version
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .replace(/[^0-9a-z]+/g, '.');

const known = (releases: readonly Release[]): string =>
  [...new Set(releases.map(({ version }) => version))].slice(0, 20).join(', ');
