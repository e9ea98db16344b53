import type { DeploymentRecord, Outcome, RecordKind } from '../../lib/engine/record';
import { changesOf } from '../../lib/history/changes';
import { type Dora, doraOf } from '../../lib/history/dora';
import { chosenApplications } from './applications';
import { storesOf } from './deployments';
import type { Session } from '../session/session';

/** One deployment or rollback of the past, or one that runs. Times are epoch ms. */
export interface Past {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly version: string;
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
  /** What was wrong, where it did not end as asked. */
  readonly problems?: readonly string[];
}

export interface ApplicationHistory {
  readonly application: string;
  /** The newest first. */
  readonly deployments: readonly Past[];
  readonly dora: Dora;
}

/** What ran when a period began is told by what ended before it, as far as this back. */
const contextMs = 30 * 86_400_000;

const pastOf = (record: DeploymentRecord): Past => {
  const { deployment, kind, version, strategy, rollout, requestedBy, reason, alarm, end } = record;
  const { acceptedAt, closedAt, outcome } = record;
  return {
    deployment,
    kind,
    version,
    strategy,
    rollout,
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
  const found = await records.since(application, since - contextMs);
  // An ended record may be looked at in the very millisecond of its end.
  const period = { from: since, until: session.now() + 1 };
  return {
    application,
    deployments: found
      .filter(({ acceptedAt }) => acceptedAt >= since)
      .map(pastOf)
      .reverse(),
    dora: doraOf(changesOf(found), period),
  };
};

/**
 * What was deployed since then (epoch ms), and what DORA's figures make of it.
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
