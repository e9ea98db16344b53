import { SFNClient } from '@aws-sdk/client-sfn';
import type { Leftover } from '../../lib/engine/end';
import type { LockItem } from '../../lib/engine/lockItem';
import type { DeploymentRecord, RecordKind, StepItem } from '../../lib/engine/record';
import { endOfExecution } from '../../lib/engine/takeLock';
import { type Stores, waitingIn } from './deployments';
import type { Session } from '../session/session';

/** A deployment or a rollback: what it does now, or how it ended. Times are epoch ms. */
export interface DeploymentStatus {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly version: string;
  readonly acceptedAt: number;
  readonly requestedBy?: string;
  readonly reason?: string;
  /** The alarm that asked for a rollback. */
  readonly alarm?: string;
  readonly closedAt?: number;
  readonly outcome?: string;
  /** The error's name and what was wrong, where it did not end as asked. */
  readonly error?: string;
  readonly problems?: readonly string[];
  /** What could not be restored, with the commands that mend it. */
  readonly left?: readonly Leftover[];
  readonly step?: string;
  readonly progress?: string;
  /** Somebody asked it to stop. */
  readonly halted?: { readonly by: string; readonly reason: string };
  /** The rollback that undoes its rollout. */
  readonly handedTo?: string;
  /** It goes on with this command. */
  readonly approveWith?: string;
  /** Its execution ended without having closed the record. */
  readonly stopped?: 'to be mended' | 'being mended';
  /** Its image is kept: it can be started again with this command, until then. */
  readonly resumeWith?: string;
  readonly resumeUntil?: number;
}

const stepOf = (steps: readonly StepItem[]): Pick<DeploymentStatus, 'step' | 'progress'> => {
  const [running] = steps
    .filter(({ endedAt }) => endedAt === undefined)
    .sort((a, b) => b.startedAt - a.startedAt);
  if (!running) return {};
  const { item, progress } = running;
  return { step: item.slice('step#'.length), ...(progress !== undefined && { progress }) };
};

/** Whether nothing of it runs any more, although its record is open. */
const stopOf = async (
  session: Session,
  { execution, mendedBy }: DeploymentRecord,
): Promise<Pick<DeploymentStatus, 'stopped'>> => {
  const sfn = session.connect(SFNClient);
  if ((await endOfExecution(sfn, execution)) === 'running') return {};
  const mending = mendedBy !== undefined && (await endOfExecution(sfn, mendedBy)) === 'running';
  return { stopped: mending ? 'being mended' : 'to be mended' };
};

const openDoing = async (
  session: Session,
  record: DeploymentRecord,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<Partial<DeploymentStatus>> => {
  const [steps, stop] = await Promise.all([stores.records.steps(record.deployment), stopOf(session, record)]);
  const waits = waitingIn(record, steps, lock);
  const halt = lock?.deployment === record.deployment ? lock.halt : undefined;
  return {
    ...stepOf(steps),
    ...stop,
    ...(halt && { halted: { by: halt.by, reason: halt.reason } }),
    ...(waits && stop.stopped === undefined && { approveWith: `forseti approve ${record.deployment}` }),
  };
};

const closedDoing = ({ deployment, end, due, spareUntil }: DeploymentRecord): Partial<DeploymentStatus> => ({
  ...(end && end.error !== 'None' && { error: end.error, problems: end.problems }),
  ...(end && end.left.length > 0 && { left: end.left }),
  ...(due === 'spare' && {
    resumeWith: `forseti resume-from ${deployment}`,
    ...(spareUntil !== undefined && { resumeUntil: spareUntil }),
  }),
});

const doingOf = async (
  session: Session,
  record: DeploymentRecord,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<DeploymentStatus> => {
  const { deployment, version, acceptedAt, requestedBy, reason, alarm, closedAt, outcome, handedTo } = record;
  const now = closedAt === undefined ? await openDoing(session, record, lock, stores) : closedDoing(record);
  return {
    deployment,
    // Records of before there were rollbacks have no kind.
    kind: (record as Partial<DeploymentRecord>).kind ?? 'deployment',
    version,
    acceptedAt,
    ...(requestedBy !== undefined && { requestedBy }),
    ...(reason !== undefined && { reason }),
    ...(alarm && { alarm: alarm.name }),
    ...(closedAt !== undefined && { closedAt }),
    ...(outcome !== undefined && { outcome }),
    ...(handedTo && { handedTo: handedTo.deployment }),
    ...now,
  };
};

export interface DeploymentStatuses {
  /** What has the fleet, else what was started last, else what ended last. */
  readonly deployment?: DeploymentStatus;
  /** Where that was refused: what touched the fleet last. */
  readonly before?: DeploymentStatus;
  /** What else is open: waits for the fleet, or for the end of what it halts. */
  readonly waiting: readonly DeploymentStatus[];
}

const isRefused = (outcome: string | undefined): boolean =>
  outcome === 'Rejected' || outcome === 'Superseded';

/** What is under way for an application, or was last. */
export const deploymentStatusesOf = async (
  session: Session,
  application: string,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<DeploymentStatuses> => {
  const latest = await stores.latest(application);
  // One that was refused meanwhile does not hide the one that runs.
  const open = latest.filter(({ closedAt }) => closedAt === undefined);
  const first = open.find(({ deployment }) => deployment === lock?.deployment) ?? open[0] ?? latest[0];
  if (!first) return { waiting: [] };
  const others = open.filter(({ deployment }) => deployment !== first.deployment);
  const touched = latest.find(({ closedAt, outcome }) => closedAt !== undefined && !isRefused(outcome));
  const tell = async (record: DeploymentRecord) => doingOf(session, record, lock, stores);
  const [deployment, before, waiting] = await Promise.all([
    tell(first),
    isRefused(first.outcome) && touched ? tell(touched) : undefined,
    Promise.all(others.map(tell)),
  ]);
  return { deployment, ...(before && { before }), waiting };
};
