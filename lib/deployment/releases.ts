import type { Table } from '../aws/table';
import type { LaunchTemplateRef } from './record';

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
  readonly markedBy: string;
}

export const releaseKey = (acceptedAt: number, deployment: string): string =>
  `${new Date(acceptedAt).toISOString()}#${deployment}`;

export class Releases {
  constructor(private readonly table: Table<Release>) {}

  /** Marks a release; doing so again changes nothing but the mark. */
  async mark(release: Release): Promise<void> {
    await this.table.put(release);
  }

  /** All releases of an application, the newest first. */
  async list(application: string): Promise<Release[]> {
    return this.table.query(
      { expression: 'application = :application', values: { ':application': application } },
      { backwards: true },
    );
  }

  /** The newest that is marked good: never just "the previous". */
  async lastGood(application: string): Promise<Release | undefined> {
    return (await this.list(application)).find((release) => release.state === 'good');
  }
}
