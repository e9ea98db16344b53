import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Table } from '../../lib/aws/table';
import { type DriftItem, driftKey } from '../../lib/drift/item';
import type { DeploymentRecord } from '../../lib/engine/record';
import type { Outcome, RecordKind } from '../../lib/engine/outcome';
import { isRegeneration } from '../../lib/engine/imageFrom';
import { changesOf } from '../../lib/history/changes';
import { type Dora, doraOf } from '../../lib/history/dora';
import { chosenApplications } from './applications';
import { storesOf } from './deployments';
import type { Session } from '../session/session';

/** A deployment or rollback, ended or running. Times are epoch milliseconds. */
export interface PastDeployment {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly version: string;
  /** The id of the release that a rollback goes to, where its version alone is ambiguous. */
  readonly release?: string;
  /** It made a new image of the version that ran already. */
  readonly regenerates?: true;
  /** What the version's tag named, and what the source of the playbook was. */
  readonly commit?: string;
  readonly revision?: string;
  readonly strategy?: string;
  readonly rollout?: string;
  readonly requestedBy?: string;
  readonly reason?: string;
  /** The alarm that asked for a rollback. */
  readonly alarm?: string;
  readonly acceptedAt: number;
  readonly closedAt?: number;
  readonly durationSeconds?: number;
  /** Absent as long as it runs. */
  readonly outcome?: Outcome;
  /** What went wrong; absent if it did what was asked for. */
  readonly problems?: readonly string[];
}

export interface ApplicationHistory {
  readonly application: string;
  /** The newest first. */
  readonly deployments: readonly PastDeployment[];
  readonly dora: Dora;
  /** Differences of the fleet that were told within the period, the newest first; absent where there were none. */
  readonly drift?: readonly PastDrift[];
}

/** A difference that somebody else made. Times are epoch milliseconds. */
export interface PastDrift {
  readonly what: string;
  readonly seenAt: number;
  /** What CloudTrail said. */
  readonly who?: string;
  /** Absent as long as it is there. */
  readonly mendedAt?: number;
}

/** Records of this time before the period are read, too: they tell which version ran when it began. */
const leadMs = 30 * 86_400_000;

const pastDeployment = (record: DeploymentRecord): PastDeployment => {
  const { deployment, kind, version, strategy, rollout, requestedBy, reason, alarm, end } = record;
  const { acceptedAt, closedAt, outcome } = record;
  return {
    deployment,
    kind,
    version,
    ...(record.target?.name !== undefined && { release: record.target.name }),
    ...(record.commit !== undefined && { commit: record.commit }),
    ...(record.revision !== undefined && { revision: record.revision }),
    strategy,
    rollout,
    ...(isRegeneration(record) && { regenerates: true as const }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(reason !== undefined && { reason }),
    ...(alarm && { alarm: alarm.name }),
    acceptedAt,
    ...(closedAt !== undefined && { closedAt, durationSeconds: Math.round((closedAt - acceptedAt) / 1_000) }),
    ...(outcome !== undefined && { outcome }),
    ...(end && end.problems.length > 0 && { problems: end.problems }),
  };
};

const driftSince = async (
  session: Session,
  application: string,
  since: number,
): Promise<Pick<ApplicationHistory, 'drift'>> => {
  const table = new Table<DriftItem>(session.connect(DynamoDBClient), session.names.locksTable);
  const { open = [], past = [] } = (await table.get(driftKey(application))) ?? {};
  const drift = [...open, ...past]
    .filter(({ toldAt, seenAt, mendedAt }) => toldAt !== undefined && (mendedAt ?? seenAt) >= since)
    .sort((a, b) => b.seenAt - a.seenAt)
    .map(({ what, seenAt, who, mendedAt }) => ({
      what,
      seenAt,
      ...(who !== undefined && { who }),
      ...(mendedAt !== undefined && { mendedAt }),
    }));
  return drift.length > 0 ? { drift } : {};
};

const historyOf = async (
  session: Session,
  application: string,
  since: number,
): Promise<ApplicationHistory> => {
  const { records } = storesOf(session);
  const [found, drift] = await Promise.all([
    records.since(application, since - leadMs),
    driftSince(session, application, since),
  ]);
  // The period includes a record that ended in this very millisecond.
  const period = { from: since, until: session.now() + 1 };
  return {
    application,
    deployments: found
      .filter(({ acceptedAt }) => acceptedAt >= since)
      .map(pastDeployment)
      .reverse(),
    dora: doraOf(changesOf(found), period),
    ...drift,
  };
};

/**
 * The deployments since a time (epoch milliseconds), and DORA's figures of them.
 * @throws RefusedEarly of an unknown application.
 */
export const historiesOf = async (
  session: Session,
  application: string | undefined,
  since: number,
): Promise<ApplicationHistory[]> => {
  const names = await chosenApplications(session, application);
  return Promise.all(names.map((name) => historyOf(session, name, since)));
};
