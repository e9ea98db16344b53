import type { Change } from './changes';

/** A deployment that failed in production, and when the fleet was well again. Times are epoch ms. */
export interface Incident {
  readonly deployment: string;
  readonly seenAt: number;
  /** Absent as long as nothing good has come after it. */
  readonly restoredAt?: number;
}

export interface Judged {
  readonly incidents: readonly Incident[];
  /** Names of deployments and rollbacks that an incident made necessary. */
  readonly rework: ReadonlySet<string>;
}

/** The state of the fleet after the changes so far. */
interface Walk {
  /** The deployment whose release runs. */
  running: string | undefined;
  readonly incidents: Incident[];
  readonly rework: Set<string>;
  /** A rollback succeeded; the next deployment is its rework. */
  afterRollback: boolean;
}

/** All open incidents have ended. */
const restore = (walk: Walk, at: number): void => {
  walk.incidents.forEach((incident, index) => {
    if (incident.restoredAt === undefined) walk.incidents[index] = { ...incident, restoredAt: at };
  });
};

const fail = (walk: Walk, deployment: string, seenAt: number, restoredAt?: number): void => {
  if (walk.incidents.some((incident) => incident.deployment === deployment)) return;
  walk.incidents.push({ deployment, seenAt, ...(restoredAt !== undefined && { restoredAt }) });
};

const deployed = (walk: Walk, { deployment, endedAt, mends, regenerates }: Change): void => {
  // The same version as before: what was broken stays so.
  if (regenerates) {
    walk.running = deployment;
    return;
  }
  if (mends || walk.afterRollback) walk.rework.add(deployment);
  walk.afterRollback = false;
  walk.running = deployment;
  restore(walk, endedAt);
};

/** It failed after it touched production: it was undone, or left to a person or to a rollback. */
const undone = (walk: Walk, { deployment, outcome, seenAt, endedAt, handedOver }: Change): void => {
  fail(walk, deployment, seenAt, outcome === 'RolledBack' && !handedOver ? endedAt : undefined);
};

const rolledBack = (walk: Walk, { deployment, target, seenAt, endedAt, completed }: Change): void => {
  walk.rework.add(deployment);
  // A rollback that only undoes a deployment that it halted leaves the release as it was: that deployment failed.
  if (walk.running !== undefined && walk.running !== target) fail(walk, walk.running, seenAt);
  if (!completed) return;
  walk.running = target;
  walk.afterRollback = true;
  restore(walk, endedAt);
};

/**
 * Which deployments failed in production, when that was mended, and what was done only because of it.
 * @param changes in the order of their end.
 */
export const judge = (changes: readonly Change[]): Judged => {
  const walk: Walk = { running: undefined, incidents: [], rework: new Set(), afterRollback: false };
  for (const change of changes) {
    // Nothing was touched.
    if (change.outcome === 'Rejected' || change.outcome === 'Superseded') continue;
    if (change.kind === 'rollback') rolledBack(walk, change);
    else if (change.outcome === 'Deployed') deployed(walk, change);
    else undone(walk, change);
  }
  return walk;
};
