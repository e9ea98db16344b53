import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { calledAmong, releaseId } from '../../lib/engine/releaseId';
import { type FleetOfRelease, madeAtOf, type Release, Releases } from '../../lib/engine/releases';
import type { Session } from '../session/session';

export interface ReleaseStatus extends Pick<
  Release,
  'version' | 'state' | 'deployment' | 'markedAt' | 'markedBy' | 'baseline'
> {
  /** It names just this release, as `rollback --to` takes it. */
  readonly id: string;
  /** Its version, or its id where another release has the same version. */
  readonly name: string;
  /** When its deployment was accepted; epoch ms. */
  readonly madeAt: number;
}

/** The last rollback, as long as no person has deployed or rolled back since. */
export interface LastRollback {
  readonly deployment: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** No other automatic one comes until a person acts. */
  readonly automatic: boolean;
}

export const releaseStore = (session: Session): Releases =>
  new Releases(new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable));

/** An application's releases, the newest first. */
export const releasesOf = (session: Session, application: string): Promise<Release[]> =>
  releaseStore(session).list(application);

export const lastGoodRelease = (
  session: Session,
  application: string,
  fleet: FleetOfRelease,
): Promise<Release | undefined> => releaseStore(session).lastGood(application, fleet);

/** @param others all releases of the fleet. */
export const releaseStatus = (release: Release, others: readonly Release[]): ReleaseStatus => {
  const { version, state, deployment, markedAt, markedBy } = release;
  const name = calledAmong(release, others);
  return {
    version,
    id: releaseId(release),
    name,
    state,
    deployment,
    madeAt: madeAtOf(release),
    markedAt,
    markedBy,
    ...(release.baseline && { baseline: release.baseline }),
  };
};
