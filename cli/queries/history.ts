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

const historyOf = async (
  session: Session,
  application: string,
  since: number,
): Promise<ApplicationHistory> => {
  const { records } = storesOf(session);
  const found = await records.since(application, since - leadMs);
  // The period includes a record that ended in this very millisecond.
  const period = { from: since, until: session.now() + 1 };
  return {
    application,
    deployments: found
      .filter(({ acceptedAt }) => acceptedAt >= since)
      .map(pastDeployment)
      .reverse(),
    dora: doraOf(changesOf(found), period),
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
