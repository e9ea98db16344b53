import type { LaunchTemplateRef } from '../engine/record';
import { calledAmong } from '../engine/releaseId';
import { isForNewInstances, type Release } from '../engine/releases';
import type { Group } from '../fleet/group';
import { isLaunchedFrom } from '../fleet/launchedFrom';

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
  /** The group's instances: what they run has served. */
  readonly members: Group['instances'];
  /** By sort key: what releases that cannot be launched any more lack. */
  readonly unusable: ReadonlyMap<string, Missing>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The question, of the releases that are still stored whole and belong to the fleet. */
export interface FleetQuestion extends Question {
  /** The fleet's releases that no clean has taken, the newest first. */
  readonly own: readonly Release[];
}

/** Whether an instance in service was launched from a release. */
export const servesWith = (members: Group['instances'], { launchTemplate }: Release): boolean =>
  members.some((member) => member.lifecycle === 'InService' && isLaunchedFrom(member, launchTemplate));

/**
 * Whether a release has served. One that only new instances got has not until there was one: nobody knows whether it
 * works, so no fleet that does is replaced by it unless a person names it.
 */
export const hasServed = ({ members }: Pick<Question, 'members'>, release: Release): boolean =>
  !isForNewInstances(release) || release.servedAt !== undefined || servesWith(members, release);

/** What speaks against going to a release; undefined if nothing does. */
export const lack = (question: Question, release: Release): string | undefined => {
  const {
    image,
    launchTemplate: { id, version },
  } = release;
  const missing = question.unusable.get(release.release);
  if (missing === undefined) return hasServed(question, release) ? undefined : 'no instance has run it';
  return missing.what === 'image'
    ? `image ${image} is ${missing.state}`
    : `version ${version} of launch template ${id} is gone`;
};

export const isUsable = ({ unusable }: Question, { release }: Release): boolean => !unusable.has(release);

export const isReleaseAt = ({ launchTemplate }: Release, template: LaunchTemplateRef | undefined): boolean =>
  template?.id === launchTemplate.id && template.version === launchTemplate.version;

/** The version that a person leaves: of the good release from which the group launches, whichever image that is. */
export const versionToLeave = ({
  own,
  groupTemplate,
  deploying,
  automatic,
}: FleetQuestion): string | undefined =>
  deploying || automatic
    ? undefined
    : own.find((release) => release.state === 'good' && isReleaseAt(release, groupTemplate))?.version;

/** The names of releases, each that can be typed. */
export const known = (releases: readonly Release[], among = releases): string =>
  [...new Set(releases.map((release) => calledAmong(release, among)))].slice(0, 20).join(', ');
