import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type Release, Releases } from '../../lib/engine/releases';
import type { Session } from '../session/session';

export type ReleaseStatus = Pick<Release, 'version' | 'state' | 'deployment' | 'markedAt' | 'markedBy'>;

/** The last rollback, as long as no person has deployed or rolled back since. */
export interface LastRollback {
  readonly deployment: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** No other automatic one comes until a person acts. */
  readonly automatic: boolean;
}

const storeOf = (session: Session): Releases =>
  new Releases(new Table<Release>(session.connect(DynamoDBClient), session.names.releasesTable));

/** An application's releases, the newest first. */
export const releasesOf = (session: Session, application: string): Promise<Release[]> =>
  storeOf(session).list(application);

export const lastGoodRelease = (session: Session, application: string): Promise<Release | undefined> =>
  storeOf(session).lastGood(application);

export const releaseStatus = ({
  version,
  state,
  deployment,
  markedAt,
  markedBy,
}: Release): ReleaseStatus => ({ version, state, deployment, markedAt, markedBy });
