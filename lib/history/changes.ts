import type { DeploymentRecord } from '../engine/record';
import { isRegeneration } from '../engine/imageFrom';
import type { Outcome, RecordKind } from '../engine/outcome';

/** What a figure needs to know of a deployment or rollback. Times are epoch ms. */
export interface Change {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly outcome: Outcome;
  /** When it was over: for users when the release was marked good, else when the record was closed. */
  readonly endedAt: number;
  /** It did what it was asked to. */
  readonly completed: boolean;
  readonly pushedAt?: number;
  /** When something was seen to be wrong: the alarm's change, a step's failure, or the request for a rollback. */
  readonly seenAt: number;
  /** A rollback that undoes the rollout of this one: the fleet is well when that has ended. */
  readonly handedOver: boolean;
  /** It was allowed although alarms rang: it repairs their cause. */
  readonly mends: boolean;
  /** A rollback: the deployment whose release it goes to. */
  readonly target?: string;
  /** It made a new image of the version that ran already: it delivered nothing. */
  readonly regenerates?: true;
}

/** A release's key ends with its deployment (lib/engine/releases.ts). */
const deploymentOf = (release: string): string => release.slice(release.indexOf('#') + 1);

/** Ended deployments and rollbacks, in the order of their end. Open and refused ones are no changes. */
export const changesOf = (records: readonly DeploymentRecord[]): Change[] =>
  records
    .flatMap((record): Change[] => {
      const { deployment, kind, outcome, acceptedAt, completedAt, closedAt, failure, alarm, target } = record;
      const endedAt = completedAt ?? closedAt;
      if (outcome === undefined || endedAt === undefined) return [];
      return [
        {
          deployment,
          kind,
          outcome,
          endedAt,
          completed: completedAt !== undefined,
          ...(record.pushedAt !== undefined && { pushedAt: record.pushedAt }),
          seenAt:
            kind === 'rollback'
              ? (alarm?.changedAt ?? acceptedAt)
              : Math.min(failure?.at ?? endedAt, record.undoneSince ?? endedAt),
          ...(isRegeneration(record) && { regenerates: true as const }),
          handedOver: record.handedTo !== undefined,
          mends: (record.despiteAlarms ?? '') !== '',
          ...(target && { target: deploymentOf(target.release) }),
        },
      ];
    })
    .sort((a, b) => a.endedAt - b.endedAt || (a.deployment < b.deployment ? -1 : 1));
