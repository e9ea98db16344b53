import {
  AlreadyRolledBack,
  ImageGone,
  LaunchTemplateVersionGone,
  NoGoodRelease,
  NoRelease,
  UnknownVersion,
} from '../engine/errors';
import type { LaunchTemplateRef } from '../engine/record';
import { calledAmong, isCalled, releaseId } from '../engine/releaseId';
import type { Release } from '../engine/releases';

export interface Choice {
  /** Where the rollback goes. */
  readonly target: Release;
  /** How people call the target: by its version, or by its id where the version alone is ambiguous. */
  readonly name: string;
  /** The good release that the fleet runs now; none while a deployment runs, or where the fleet runs a bad one. */
  readonly current: Release | undefined;
  /** Good releases that are newer than the target: after the rollback none of them is good any more. */
  readonly withdraws: readonly Release[];
  /** Releases that would have been the target, but cannot be launched any more; a sentence each. */
  readonly passedOver: readonly string[];
}

/** What a release lacks without which nothing can be launched from it. */
export type Missing =
  /** `state` is EC2's, or `gone`. */
  { readonly what: 'image'; readonly state: string } | { readonly what: 'launch template version' };

export interface Question {
  readonly application: string;
  /** All releases, the newest first. */
  readonly releases: readonly Release[];
  /** The fleet's Auto Scaling group. */
  readonly group: string;
  /** The version, or the id of a release, that was named. */
  readonly version: string | undefined;
  /** A deployment runs: the group still uses what was good before it. */
  readonly deploying: boolean;
  /** An alarm asks, and the release that it is about is marked as bad already: the newest good one is the target. */
  readonly automatic: boolean;
  /** What the group launches from now. */
  readonly groupTemplate: LaunchTemplateRef | undefined;
  /** By sort key: what releases that cannot be launched any more lack. */
  readonly unusable: ReadonlyMap<string, Missing>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The question, of the releases that are still stored whole and belong to the fleet. */
interface FleetQuestion extends Question {
  /** The fleet's releases that no clean has taken, the newest first. */
  readonly own: readonly Release[];
}

/** Within this time a second rollback that names no version is taken for the first one, sent twice. */
export const doubledMs = 10 * 60_000;

/**
 * The last release marked as good, or the named one; never just "the previous". If the request names none and the fleet
 * runs the last good release already, a person wants to leave its version, so the newest good one of another version is
 * chosen: a second image of the same version holds the same code. A release that cannot be launched any more is passed
 * over. A rollback that is repeated within {@link doubledMs} does not go further back.
 * @throws NoRelease, NoGoodRelease, UnknownVersion, ImageGone, LaunchTemplateVersionGone, AlreadyRolledBack
 */
export const chooseRelease = (question: Question): Choice => {
  const { group, releases, version } = question;
  // Under another launch template of the same group, the image is put into the one that the group has now.
  const ofFleet = releases.filter((release) => release.group === group);
  const own = ofFleet.filter(({ cleanedAt }) => cleanedAt === undefined);
  const asked = { ...question, own };
  refuseEmpty(asked, ofFleet);
  const current = question.deploying || question.automatic ? undefined : currentOf(asked);
  const { target, passedOver } = version === undefined ? lastGood(asked, current) : named(asked, version);
  const withdraws = own.filter(({ state, release }) => state === 'good' && release > target.release);
  return {
    target,
    name: calledAmong(target, own),
    current: current?.release === target.release ? undefined : current,
    withdraws,
    passedOver: passedOver.map(
      (release) => `${calledAmong(release, own)} was passed over: ${lack(asked, release) ?? ''}`,
    ),
  };
};

/** @throws NoRelease, NoGoodRelease, UnknownVersion if no release of the fleet is left at all. */
const refuseEmpty = (
  { application, releases, own, version }: FleetQuestion,
  ofFleet: readonly Release[],
): void => {
  if (own.length > 0) return;
  if (ofFleet.length > 0)
    throw new NoGoodRelease(
      `${application} has no release whose image is still there. Deploy a version again.`,
    );
  if (releases.length === 0)
    throw new NoRelease(
      `${application} has no release yet: its first deployment has not ended well, so there is nothing to go back to. ` +
        `What the group ran before is put back by the failed deployment itself; see forseti status ${application}.`,
    );
  if (version !== undefined) return;
  const [newest] = releases;
  throw new NoRelease(
    `${application} has no release on its fleet as it is now: ${known(releases)} ${releases.length === 1 ? 'belongs' : 'belong'} to other fleets, ` +
      `the newest to ${newest ? fleetOf(newest) : ''}. A group never launches from another group's template. ` +
      (newest ? bringing(application, newest) : ''),
  );
};

const fleetOf = ({ group, launchTemplate }: Release): string =>
  `group ${group} with launch template ${launchTemplate.id}`;

/** How the code of a release comes to a fleet that it was never on: its image, in a new version of the fleet's own template. */
const bringing = (application: string, { version, image }: Release): string =>
  `To bring its image here, in a new version of this group's own template: forseti deploy ${application} ${version} --image ${image}`;

/** Why a release cannot be launched; undefined if it can. */
const lack = (
  { unusable }: Question,
  { release, image, launchTemplate: { id, version } }: Release,
): string | undefined => {
  const missing = unusable.get(release);
  if (missing === undefined) return undefined;
  return missing.what === 'image'
    ? `image ${image} is ${missing.state}`
    : `version ${version} of launch template ${id} is gone`;
};

const isUsable = ({ unusable }: Question, { release }: Release): boolean => !unusable.has(release);

const isAt = ({ launchTemplate }: Release, template: LaunchTemplateRef | undefined): boolean =>
  template?.id === launchTemplate.id && template.version === launchTemplate.version;

/** The newest good release, if the group launches from it. */
const currentOf = ({ own, groupTemplate }: FleetQuestion): Release | undefined => {
  const newest = own.find(({ state }) => state === 'good');
  return newest && isAt(newest, groupTemplate) ? newest : undefined;
};

/**
 * Whether the rollback that went to a release is asked for once more: neither named a version, so both mean the same
 * target, and the first has just ended.
 */
const isDoubled = ({ restoredAt, restoredByName }: Release, now: number): boolean =>
  restoredAt !== undefined && restoredByName !== true && now - restoredAt < doubledMs;

/** A target, and the releases before it in the order of choice that cannot be launched. */
interface Found {
  readonly target: Release;
  readonly passedOver: readonly Release[];
}

/** @param candidates in the order of choice. */
const firstUsable = (question: Question, candidates: readonly Release[]): Found | undefined => {
  const index = candidates.findIndex((release) => isUsable(question, release));
  const target = candidates[index];
  return target && { target, passedOver: candidates.slice(0, index) };
};

const lastGood = (question: FleetQuestion, current: Release | undefined): Found => {
  const { own, application, now } = question;
  if (current?.restoredAt !== undefined && isDoubled(current, now))
    throw new AlreadyRolledBack(
      `${application} was rolled back to ${calledAmong(current, own)} at ${new Date(current.restoredAt).toISOString()} already, less than ` +
        `${String(doubledMs / 60_000)} minutes ago. To go to another release, name it: forseti rollback ${application} --to VERSION (${known(own)}).`,
    );
  const good = own.filter(({ state }) => state === 'good');
  const leaves = versionToLeave(question);
  const candidates = good.filter(({ version }) => version !== leaves);
  const found = firstUsable(question, candidates);
  if (found) return found;
  if (candidates[0]) throw cannotLaunch(question, candidates[0]);
  throw new NoGoodRelease(
    `${application} has no${leaves === undefined ? '' : ' other'} good release to go back to; known are ${inWords(question)}. ` +
      `To go to one all the same, name it: forseti rollback ${application} --to ${sameVersion(question) ?? 'VERSION'}.${elsewhere(question, leaves)}`,
  );
};

/** The version that a person leaves: of the good release from which the group launches, whichever image that is. */
const versionToLeave = ({ own, groupTemplate, deploying, automatic }: FleetQuestion): string | undefined =>
  deploying || automatic
    ? undefined
    : own.find((release) => release.state === 'good' && isAt(release, groupTemplate))?.version;

/** Another image of the version that runs: it can be named by its id. */
const sameVersion = (question: FleetQuestion): string | undefined => {
  const leaves = versionToLeave(question);
  const other = question.own.find(
    (release) =>
      release.version === leaves &&
      !isAt(release, question.groupTemplate) &&
      release.state === 'good' &&
      isUsable(question, release),
  );
  return other && releaseId(other);
};

/** A good release of another version that belongs to another fleet: its image can be brought here. */
const elsewhere = ({ application, releases, own }: FleetQuestion, leaves: string | undefined): string => {
  const found = releases.find(
    (release) =>
      release.state === 'good' &&
      release.cleanedAt === undefined &&
      release.version !== leaves &&
      !own.includes(release),
  );
  return found ? ` ${found.version} was released on ${fleetOf(found)}. ${bringing(application, found)}` : '';
};

/** Every release of the fleet with what speaks for or against it. */
const inWords = (question: FleetQuestion): string =>
  question.own
    .slice(0, 20)
    .map((release) => {
      const why = lack(question, release);
      return `${calledAmong(release, question.own)} (${release.state}${why === undefined ? '' : `; ${why}`})`;
    })
    .join(', ');

/**
 * If a version was deployed more than once, its last deployment is meant, a good one before a bad one. Of several good
 * ones, the newest that can be launched.
 */
const named = (question: FleetQuestion, name: string): Found => {
  const called = question.own.filter((release) => isCalled(release, name));
  const good = called.filter(({ state }) => state === 'good');
  const candidates = good.length > 0 ? good : called;
  const found = firstUsable(question, candidates);
  if (found) return found;
  const [gone] = candidates;
  if (gone) throw cannotLaunch(question, gone);
  throw new UnknownVersion(whyUnknown(question, name));
};

/** The refusal of a target that cannot be launched, with what can. */
const cannotLaunch = (question: FleetQuestion, gone: Release): Error => {
  const { own, application, unusable } = question;
  const { image, launchTemplate, version } = gone;
  const name = `${application} ${calledAmong(gone, own)}`;
  const missing = unusable.get(gone.release);
  const usable = own.filter((release) => release.state === 'good' && !unusable.has(release.release));
  const instead =
    usable.length > 0
      ? `Still usable: ${known(usable, own)}. Name one of them: forseti rollback ${application} --to VERSION; or deploy`
      : `No other good release can be launched either (${inWords(question)}). Deploy`;
  const rest = `${instead} ${version} again: forseti deploy ${application} ${version}`;
  return missing?.what === 'image'
    ? new ImageGone(`Image ${image} of ${name} is ${missing.state}: nothing can be launched from it. ${rest}`)
    : new LaunchTemplateVersionGone(
        `Version ${launchTemplate.version} of launch template ${launchTemplate.id}, which is ${name}, is gone. ${rest}`,
      );
};

const whyUnknown = ({ releases, own, application, group }: FleetQuestion, name: string): string => {
  const called = releases.filter((release) => isCalled(release, name));
  const elsewhere = called.find(({ cleanedAt }) => cleanedAt === undefined);
  if (elsewhere)
    return (
      `${application} ${name} was released on ${fleetOf(elsewhere)}, never on group ${group}; ` +
      `a group never launches from another one's template. ` +
      bringing(application, elsewhere)
    );
  const [cleaned] = called;
  if (cleaned)
    return (
      `The image of ${application} ${name} was cleaned at ${new Date(cleaned.cleanedAt ?? 0).toISOString()}; ` +
      `there still are ${known(own)}. To deploy it anew: forseti deploy ${application} ${cleaned.version}`
    );
  const [version = name] = name.split('@', 1);
  const others = own.filter((release) => release.version === version);
  const meant =
    others[0] === undefined
      ? own.find((release) => bare(release.version) === bare(version))?.version
      : known(others, own);
  return (
    `${application} was never released as ${name}; known are ${known(own)}${meant === undefined ? '. ' : `; did you mean ${meant}? `}` +
    `To deploy it: forseti deploy ${application} ${version}`
  );
};

/** `1.4.2`, `V1.4.2` and `v1-4-2` are equal; other digits are another version, however similar. */
const bare = (version: string): string =>
  version
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .replace(/[^0-9a-z]+/g, '.');

/** The names of releases, each that can be typed. */
const known = (releases: readonly Release[], among = releases): string =>
  [...new Set(releases.map((release) => calledAmong(release, among)))].slice(0, 20).join(', ');
