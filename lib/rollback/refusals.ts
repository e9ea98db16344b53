import { ImageGone, LaunchTemplateVersionGone, NoGoodRelease, NoRelease } from '../engine/errors';
import { calledAmong, isCalled, releaseId } from '../engine/releaseId';
import type { Release } from '../engine/releases';
import { type FleetQuestion, isReleaseAt, isUsable, known, lack, versionToLeave } from './releaseQuestion';

/** @throws NoRelease, NoGoodRelease, UnknownVersion if no release of the fleet is left at all. */
export const refuseEmpty = (
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
  const usable = releases.find(({ state, cleanedAt }) => state === 'good' && cleanedAt === undefined);
  throw new NoRelease(
    `${application} has no release on its fleet as it is now: ${known(releases)} ${releases.length === 1 ? 'belongs' : 'belong'} to other fleets, ` +
      `the newest to ${newest ? fleetOf(newest) : ''}. A group never launches from another group's template. ` +
      (usable ? bringing(application, usable) : 'None of them is good and still there.'),
  );
};

const fleetOf = ({ group, launchTemplate }: Release): string =>
  `group ${group} with launch template ${launchTemplate.id}`;

/** How the code of a release comes to a fleet that it was never on: its image, in a new version of the fleet's own template. */
const bringing = (application: string, { version, image }: Release): string =>
  `To bring its image here, in a new version of this group's own template: forseti deploy ${application} ${version} --image ${image}`;

/** Another image of the version that runs: it can be named by its id. */
export const sameVersion = (question: FleetQuestion): string | undefined => {
  const leaves = versionToLeave(question);
  const other = question.own.find(
    (release) =>
      release.version === leaves &&
      !isReleaseAt(release, question.groupTemplate) &&
      release.state === 'good' &&
      isUsable(question, release),
  );
  return other && releaseId(other);
};

/** A good release of another version that belongs to another fleet: its image can be brought here. */
export const elsewhere = (
  { application, releases, own }: FleetQuestion,
  leaves: string | undefined,
): string => {
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
export const inWords = (question: FleetQuestion): string =>
  question.own
    .slice(0, 20)
    .map((release) => {
      const why = lack(question, release);
      return `${calledAmong(release, question.own)} (${release.state}${why === undefined ? '' : `; ${why}`})`;
    })
    .join(', ');

/** The refusal of a target that cannot be launched, with what can. */
export const cannotLaunch = (question: FleetQuestion, gone: Release): Error => {
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

/** The refusal of a fleet whose good releases all came with rollout `none`, and were never launched from. */
export const neverServed = ({ application, own, group }: FleetQuestion, untried: readonly Release[]): Error =>
  new NoGoodRelease(
    `No instance of group ${group} has run ${known(untried, own)}: whether it works is not known, so nothing is ` +
      `replaced by it. To go there all the same, name it: forseti rollback ${application} --to VERSION.`,
  );

export const whyUnknown = ({ releases, own, application, group }: FleetQuestion, name: string): string => {
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
