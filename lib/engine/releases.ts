import type { Table } from '../aws/table';
import { InvalidRequest } from './errors';
import { imageFrom } from './imageFrom';
import type { DeploymentRecord, LaunchTemplateRef } from './record';

/** A copy of a release's image in another region. Times are epoch ms. */
export interface ImageCopy {
  readonly state: 'pending' | 'copying' | 'available' | 'failed';
  readonly image?: string;
  /** Since when it is in this state. */
  readonly since: number;
  /** How often it has failed. */
  readonly tries: number;
  /** Why it failed last, or could not be looked at. */
  readonly problem?: string;
}

/** A version with its image and launch template version. Times are epoch ms. */
export interface Release {
  readonly application: string;
  /** Sort key: the time at which its deployment was accepted, as ISO 8601, then the deployment. */
  readonly release: string;
  readonly version: string;
  readonly deployment: string;
  readonly group: string;
  readonly image: string;
  /** Copies of the image, by region. */
  readonly imageCopies?: Readonly<Record<string, ImageCopy>>;
  readonly launchTemplate: LaunchTemplateRef;
  /** Its deployment replaced no instance: only new ones run it. Absent otherwise. */
  readonly newInstancesOnly?: true;
  /** Where its deployment replaced no instance: when one of the fleet was first seen in service with it. */
  readonly servedAt?: number;
  readonly state: 'good' | 'bad';
  readonly markedAt: number;
  /** The deployment, rollback or alarm that marked it. */
  readonly markedBy: string;
  /** When a rollback brought the fleet back to it. */
  readonly restoredAt?: number;
  /** Whoever asked for that rollback named the version. */
  readonly restoredByName?: boolean;
  /** When its image and launch template version were cleaned, or began to be: no rollback can go to it any more. */
  readonly cleanedAt?: number;
  readonly cleanedBy?: string;
  /** It was never deployed: the group launched from it before its first deployment. */
  readonly baseline?: true;
}

/**
 * What a release belongs to: a launch template version holds the network, role and user data of the group that it was
 * made for, so no other group may launch from it.
 */
export interface FleetOfRelease {
  /** The Auto Scaling group's name. */
  readonly group: string;
  /** The id of the launch template that the group uses; undefined where it uses none. */
  readonly launchTemplate: string | undefined;
}

export const isOfFleet = (
  { group, launchTemplate }: Pick<Release, 'group' | 'launchTemplate'>,
  fleet: FleetOfRelease,
): boolean =>
  group === fleet.group && (fleet.launchTemplate === undefined || launchTemplate.id === fleet.launchTemplate);

/** Whether a fleet can run it or go back to it. A cleaned one keeps its mark, and is nothing but history. */
export const isGoodRelease = ({ state, cleanedAt }: Pick<Release, 'state' | 'cleanedAt'>): boolean =>
  state === 'good' && cleanedAt === undefined;

/** When the release's deployment was accepted, in epoch ms: its sort key begins with it. */
export const madeAtOf = ({ release }: Pick<Release, 'release'>): number =>
  Date.parse(release.split('#')[0] ?? '');

export const releaseKey = (acceptedAt: number, deployment: string): string =>
  `${new Date(acceptedAt).toISOString()}#${deployment}`;

/**
 * The release that a deployment makes.
 * @throws InvalidRequest if the deployment has not come far enough.
 */
export const releaseOf = (record: DeploymentRecord, now: number, state: Release['state']): Release => {
  const image = record.bakedImage ?? record.image;
  if (image === undefined || record.launchTemplate === undefined)
    throw new InvalidRequest(
      `Deployment ${record.deployment} has ${image === undefined ? 'no image' : 'no launch template version'}: ` +
        'there is nothing to mark as a release.',
    );
  return {
    application: record.application,
    release: releaseKey(record.acceptedAt, record.deployment),
    version: record.version,
    deployment: record.deployment,
    group: record.group,
    image,
    launchTemplate: record.launchTemplate,
    state,
    markedAt: now,
    markedBy: record.deployment,
    ...copiesOf(record, now),
    ...(isForNewOnly(record) && { newInstancesOnly: true as const }),
  };
};

/** The copies that the settings ask for; of a ready image there are none, it belongs to whoever made it. */
const copiesOf = (
  { bakedImage, image, settings }: DeploymentRecord,
  now: number,
): Pick<Release, 'imageCopies'> => {
  if (bakedImage === undefined || image !== undefined || settings.image.copyTo.length === 0) return {};
  return {
    imageCopies: Object.fromEntries(
      settings.image.copyTo.map((region): [string, ImageCopy] => [
        region,
        { state: 'pending', since: now, tries: 0 },
      ]),
    ),
  };
};

/** Provisioned in place, or imaged as they run, the instances run the version already. */
const isForNewOnly = (record: DeploymentRecord): boolean =>
  record.rollout === 'none' && !['fleet', 'running'].includes(imageFrom(record));

/** Whether instances that were launched before it are not expected to run it: no rollback has replaced them since. */
export const isForNewInstances = ({
  newInstancesOnly,
  restoredAt,
}: Pick<Release, 'newInstancesOnly' | 'restoredAt'>): boolean =>
  newInstancesOnly === true && restoredAt === undefined;

/**
 * What the group launched from before the deployment, as a release to go back to; undefined if that is one already. No
 * deployment made it, so its own name is that of none.
 */
export const baselineRelease = (record: DeploymentRecord, now: number): Release | undefined => {
  const { baseline, application, group, acceptedAt, deployment } = record;
  if (baseline?.unreleased !== true || baseline.version === undefined || baseline.image === undefined)
    return undefined;
  const name = `${deployment}-baseline`;
  return {
    application,
    release: releaseKey(acceptedAt - 1, name),
    version: baseline.version,
    deployment: name,
    group,
    image: baseline.image,
    launchTemplate: baseline.launchTemplate,
    state: 'good',
    markedAt: now,
    markedBy: deployment,
    baseline: true,
  };
};

export class Releases {
  constructor(private readonly table: Table<Release>) {}

  /** Marks a release. Safe to repeat. */
  async mark(release: Release): Promise<void> {
    await this.table.put(release);
  }

  /** Takes over a release of another application. One that is there already stays as it is. */
  async inherit(release: Release): Promise<void> {
    await this.table.put(release, { expression: 'attribute_not_exists(application)' });
  }

  /**
   * Marks a release bad, so that it is not chosen automatically any more. Safe to repeat with the same `by`.
   * @returns false if it was marked bad by another.
   */
  async markBad(release: Release, by: string): Promise<boolean> {
    const marked = await this.table.put(
      { ...release, state: 'bad', markedBy: by },
      {
        expression: 'attribute_not_exists(#state) OR #state = :good OR markedBy = :by',
        names: { '#state': 'state' },
        values: { ':good': 'good', ':by': by },
      },
    );
    return marked.done;
  }

  /** All releases of an application, of whatever fleet, the newest first. */
  async list(application: string): Promise<Release[]> {
    return this.table.query(
      { expression: 'application = :application', values: { ':application': application } },
      { backwards: true },
    );
  }

  /** Those of all applications, in no order. */
  async all(): Promise<Release[]> {
    return this.table.scan();
  }

  /**
   * Marks a release before its image is deleted, so that it is not chosen any more.
   * @returns false if a rollback has gone back to it meanwhile.
   */
  async markCleaned(
    { application, release, markedAt }: Release,
    cleaned: { at: number; by: string },
  ): Promise<boolean> {
    const marked = await this.table.update(
      { application, release },
      {
        expression:
          'SET cleanedAt = if_not_exists(cleanedAt, :at), cleanedBy = if_not_exists(cleanedBy, :by)',
        values: { ':at': cleaned.at, ':by': cleaned.by },
      },
      { expression: 'markedAt = :markedAt', values: { ':markedAt': markedAt } },
    );
    return marked.done;
  }

  /** Notes that an instance in service runs the release. The first time stays. */
  async noteServed(
    { application, release }: Pick<Release, 'application' | 'release'>,
    at: number,
  ): Promise<void> {
    await this.table.update(
      { application, release },
      { expression: 'SET servedAt = if_not_exists(servedAt, :at)', values: { ':at': at } },
      { expression: 'attribute_exists(application)' },
    );
  }

  async setCopies(
    { application, release }: Pick<Release, 'application' | 'release'>,
    imageCopies: NonNullable<Release['imageCopies']>,
  ): Promise<void> {
    await this.table.update(
      { application, release },
      { expression: 'SET imageCopies = :copies', values: { ':copies': imageCopies } },
      { expression: 'attribute_exists(application)' },
    );
  }

  async find(application: string, release: string): Promise<Release | undefined> {
    return this.table.get({ application, release });
  }

  /** The newest release of the fleet that is marked good, which need not be the previous one. */
  async lastGood(application: string, fleet: FleetOfRelease): Promise<Release | undefined> {
    return (await this.list(application)).find(
      (release) => isGoodRelease(release) && isOfFleet(release, fleet),
    );
  }
}
