import type { Table } from '../aws/table';
import { InvalidRequest } from './errors';
import type { DeploymentRecord, LaunchTemplateRef } from './record';

/** A version with its image and launch template version. Times are epoch ms. */
export interface Release {
  readonly application: string;
  /** Sort key: the time at which its deployment was accepted, as ISO 8601, then the deployment. */
  readonly release: string;
  readonly version: string;
  readonly deployment: string;
  readonly group: string;
  readonly image: string;
  /** Copies of the image: region to image id. */
  readonly imageCopies?: Readonly<Record<string, string>>;
  readonly launchTemplate: LaunchTemplateRef;
  readonly state: 'good' | 'bad';
  readonly markedAt: number;
  /** The deployment or rollback that marked it, or the alarm. */
  readonly markedBy: string;
  /** A rollback brought the fleet back to it. */
  readonly restoredAt?: number;
  /** Its image and launch template version are cleaned, or about to be: nothing can go back to it any more. */
  readonly cleanedAt?: number;
  readonly cleanedBy?: string;
}

export const releaseKey = (acceptedAt: number, deployment: string): string =>
  `${new Date(acceptedAt).toISOString()}#${deployment}`;

/**
 * The release that a deployment makes.
 * @throws InvalidRequest where it has not come so far.
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
  };
};

export class Releases {
  constructor(private readonly table: Table<Release>) {}

  /** Marks a release; doing so again changes nothing but the mark. */
  async mark(release: Release): Promise<void> {
    await this.table.put(release);
  }

  /**
   * Marks a release bad, so that nothing chooses it by itself again; marked so by the same one before, it stays so.
   * @returns false where somebody else has marked it bad before.
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

  /** All releases of an application, the newest first. */
  async list(application: string): Promise<Release[]> {
    return this.table.query(
      { expression: 'application = :application', values: { ':application': application } },
      { backwards: true },
    );
  }

  /**
   * Marks a release before its image is deleted, so that nothing chooses it from now on.
   * @returns false where a rollback has gone back to it meanwhile.
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

  async find(application: string, release: string): Promise<Release | undefined> {
    return this.table.get({ application, release });
  }

  /** The newest that is marked good: never just "the previous". */
  async lastGood(application: string): Promise<Release | undefined> {
    return (await this.list(application)).find(
      ({ state, cleanedAt }) => state === 'good' && cleanedAt === undefined,
    );
  }
}
