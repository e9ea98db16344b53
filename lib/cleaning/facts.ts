import type { LaunchTemplateRef } from '../engine/record';

/** An image that bears Forseti's tags, and that a record of this stage knows. */
export interface OwnImage {
  readonly id: string;
  readonly region: string;
  /** From its tag: the deployment that made it. */
  readonly deployment: string;
  readonly snapshots: readonly string[];
  /** Accounts, organisations or `all` that may launch it. */
  readonly sharedWith: readonly string[];
  /** EC2's protection from deregistration is on. */
  readonly isProtected?: boolean;
}

export interface OwnSnapshot {
  readonly id: string;
  readonly region: string;
  readonly deployment: string;
  /** Images that refer to it, whoever made them. */
  readonly images: readonly string[];
}

/** A launch template version that Forseti made, or that names one of its images. */
export interface TemplateVersion extends LaunchTemplateRef {
  readonly region: string;
  readonly image: string | undefined;
  /** Snapshots from which it makes volumes. */
  readonly snapshots?: readonly string[];
  readonly isDefault: boolean;
  /** The deployment that made it, by its description; undefined where it is not ours. */
  readonly deployment: string | undefined;
}

/** Somebody uses an image, a snapshot or a launch template version, so that it stays: `group api`, `instance i-1`. */
export interface Use {
  readonly by: string;
  readonly region: string;
  readonly image?: string | undefined;
  readonly snapshot?: string;
  readonly launchTemplate?: LaunchTemplateRef;
}

/** The part of a release by which cleaning decides. */
export interface KnownRelease {
  /** Sort key. */
  readonly release: string;
  readonly version: string;
  readonly deployment: string;
  readonly group: string;
  readonly image: string;
  readonly launchTemplate: LaunchTemplateRef;
  readonly state: 'good' | 'bad';
  readonly cleanedAt?: number;
}

/** What a record still needs: of a deployment that runs, whose image is kept to be resumed from, or the last one. */
export interface Claim {
  readonly deployment: string;
  readonly why: string;
  readonly images: readonly string[];
  readonly launchTemplates: readonly LaunchTemplateRef[];
}

/** Everything that was read of one application at one moment. */
export interface Facts {
  readonly homeRegion: string;
  /** The Auto Scaling group that the settings name. */
  readonly group: string;
  /** The newest first. */
  readonly releases: readonly KnownRelease[];
  readonly images: readonly OwnImage[];
  readonly snapshots: readonly OwnSnapshot[];
  readonly versions: readonly TemplateVersion[];
  readonly uses: readonly Use[];
  readonly claims: readonly Claim[];
}
