import { AlreadyRolledBack, NoGoodRelease, UnknownVersion } from '../engine/errors';
import { calledAmong, isCalled } from '../engine/releaseId';
import type { Release } from '../engine/releases';
import {
  cannotLaunch,
  elsewhere,
  inWords,
  neverServed,
  refuseEmpty,
  sameVersion,
  whyUnknown,
} from './refusals';
import {
  type FleetQuestion,
  hasServed,
  isReleaseAt,
  isUsable,
  known,
  lack,
  type Question,
  versionToLeave,
} from './releaseQuestion';

export interface Choice {
  /** Where the rollback goes. */
  readonly target: Release;
  /** How people call the target: by its version, or by its id where the version alone is ambiguous. */
  readonly name: string;
  /** The good release that the fleet runs now; none while a deployment runs, or where the fleet runs a bad one. */
  readonly current: Release | undefined;
  /** Good releases that are newer than the target: after the rollback none of them is good any more. */
  readonly withdraws: readonly Release[];
  /** Releases that would have been the target, but cannot be launched, or have never served; a sentence each. */
  readonly passedOver: readonly string[];
  /** What an alarm's release is called, if no instance runs it: then the alarm's cause is elsewhere. */
  readonly innocent?: string;
}

/** Within this time a second rollback that names no version is taken for the first one, sent twice. */
export const doubledMs = 10 * 60_000;

/**
 * The last release marked as good, or the named one; never just "the previous". If the request names none and the fleet
 * runs the last good release already, a person wants to leave its version, so the newest good one of another version is
 * chosen: a second image of the same version holds the same code. A release that cannot be launched any more, or that
 * no instance has run, is passed over. A rollback that is repeated within {@link doubledMs} does not go further back.
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
  const blamed = question.automatic ? blamedOf(asked) : undefined;
  return {
    target,
    ...(blamed && !hasServed(question, blamed) && { innocent: calledAmong(blamed, own) }),
    name: calledAmong(target, own),
    current: current?.release === target.release ? undefined : current,
    withdraws,
    passedOver: passedOver.map(
      (release) => `${calledAmong(release, own)} was passed over: ${lack(asked, release) ?? ''}`,
    ),
  };
};

/** The release that an alarm has marked, if the group launches from it. */
const blamedOf = ({ own, groupTemplate }: FleetQuestion): Release | undefined =>
  own.find((release) => release.state === 'bad' && isReleaseAt(release, groupTemplate));

/** The newest good release, if the group launches from it. */
const currentOf = ({ own, groupTemplate }: FleetQuestion): Release | undefined => {
  const newest = own.find(({ state }) => state === 'good');
  return newest && isReleaseAt(newest, groupTemplate) ? newest : undefined;
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
const firstOf = (candidates: readonly Release[], isFit: (release: Release) => boolean): Found | undefined => {
  const index = candidates.findIndex(isFit);
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
  const found = firstOf(candidates, (release) => isUsable(question, release) && hasServed(question, release));
  if (found) return found;
  const untried = candidates.filter((release) => isUsable(question, release));
  if (untried.length > 0) throw neverServed(question, untried);
  if (candidates[0]) throw cannotLaunch(question, candidates[0]);
  throw new NoGoodRelease(
    `${application} has no${leaves === undefined ? '' : ' other'} good release to go back to; known are ${inWords(question)}. ` +
      `To go to one all the same, name it: forseti rollback ${application} --to ${sameVersion(question) ?? 'VERSION'}.${elsewhere(question, leaves)}`,
  );
};

/**
 * If a version was deployed more than once, its last deployment is meant, a good one before a bad one. Of several good
 * ones, the newest that can be launched.
 */
const named = (question: FleetQuestion, name: string): Found => {
  const called = question.own.filter((release) => isCalled(release, name));
  const good = called.filter(({ state }) => state === 'good');
  const candidates = good.length > 0 ? good : called;
  const found = firstOf(candidates, (release) => isUsable(question, release));
  if (found) return found;
  const [gone] = candidates;
  if (gone) throw cannotLaunch(question, gone);
  throw new UnknownVersion(whyUnknown(question, name));
};
