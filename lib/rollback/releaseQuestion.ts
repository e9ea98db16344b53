import type { LaunchTemplateRef } from '../engine/record';
import { calledAmong } from '../engine/releaseId';
import type { Release } from '../engine/releases';

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
export interface FleetQuestion extends Question {
  /** The fleet's releases that no clean has taken, the newest first. */
  readonly own: readonly Release[];
}

/** Why a release cannot be launched; undefined if it can. */
export const lack = (
  { unusable }: Question,
  { release, image, launchTemplate: { id, version } }: Release,
): string | undefined => {
  const missing = unusable.get(release);
  if (missing === undefined) return undefined;
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
