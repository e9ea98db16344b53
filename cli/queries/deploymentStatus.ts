import { SFNClient } from '@aws-sdk/client-sfn';
import type { Leftover } from '../../lib/engine/outcome';
import type { LockItem } from '../../lib/engine/lockItem';
import type { DeploymentRecord, StepItem } from '../../lib/engine/record';
import type { RecordKind } from '../../lib/engine/outcome';
import { runningStep, stateOfStep } from '../../lib/engine/runningStep';
import { endOfExecution } from '../../lib/engine/takeLock';
import { movedAtOf, stallMsOf, stallsAtOf } from '../../lib/engine/waiting/lookNotes';
import type { WayBack } from '../../lib/rollback/wayBack';
import { nextSteps, rollbackCommand } from '../../lib/reporting/endMessage';
import { type Stores, waitingIn } from './deployments';
import type { Session } from '../session/session';

/** A deployment or rollback: what it does now, or how it ended. Times are epoch milliseconds. */
export interface DeploymentStatus {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly version: string;
  /** The id of the release that a rollback goes to, where its version alone is ambiguous. */
  readonly release?: string;
  readonly warnings?: readonly string[];
  readonly acceptedAt: number;
  readonly requestedBy?: string;
  readonly reason?: string;
  /** The alarm that asked for a rollback. */
  readonly alarm?: string;
  readonly closedAt?: number;
  readonly outcome?: string;
  /** The error's name; absent if it did what was asked for. */
  readonly error?: string;
  readonly problems?: readonly string[];
  /** What a rollback brings back besides the image, or leaves as it is; a line each. */
  readonly besides?: readonly string[];
  /** What could not be restored, with the commands that repair it. */
  readonly left?: readonly Leftover[];
  readonly step?: string;
  /** When the step began. */
  readonly stepSince?: number;
  readonly progress?: string;
  /** What keeps the step, in AWS's own words. */
  readonly keptBy?: string;
  /** Until when it waits as planned. */
  readonly until?: number;
  /** Since when the step has not moved on, if that is too long. */
  readonly stalledSince?: number;
  /** Somebody asked it to stop. */
  readonly halted?: { readonly by: string; readonly reason: string };
  /** The rollback that undoes its rollout in its place. */
  readonly handedTo?: string;
  /** The command that lets it go on. */
  readonly approveWith?: string;
  /** Its execution ended without closing the record; the machine Mend has to repair the fleet, or does so now. */
  readonly stopped?: 'to be mended' | 'being mended';
  /** The command that starts it again with its image, which is kept until then. */
  readonly resumeWith?: string;
  readonly resumeUntil?: number;
  /** What somebody else changed meanwhile, and was left alone. */
  readonly foreign?: readonly Leftover[];
  /** What a person does next, where it did not do what was asked for. */
  readonly next?: readonly { readonly what: string; readonly command: string }[];
}

type OfStep = Pick<DeploymentStatus, 'step' | 'stepSince' | 'progress' | 'keptBy' | 'until' | 'stalledSince'>;

const stepOf = (
  { settings }: Pick<DeploymentRecord, 'settings'>,
  steps: readonly StepItem[],
  now: number,
): OfStep => {
  const running = runningStep(steps);
  if (!running) return {};
  const { startedAt, progress, reason = '', until = 0 } = running;
  // A step that is over when its function returns has no marks.
  const isWaiting = running.mark !== undefined;
  return {
    step: stateOfStep(running),
    stepSince: startedAt,
    ...(progress !== undefined && { progress }),
    ...(reason !== '' && { keptBy: reason }),
    ...(until > now && { until }),
    ...(isWaiting && stallsAtOf(running, stallMsOf(settings)) <= now && { stalledSince: movedAtOf(running) }),
  };
};

/** Whether its execution has ended, although its record is open. */
const stoppedOf = async (
  session: Session,
  { execution, mendedBy }: DeploymentRecord,
): Promise<Pick<DeploymentStatus, 'stopped'>> => {
  const sfn = session.connect(SFNClient);
  if ((await endOfExecution(sfn, execution)) === 'running') return {};
  const isRepaired = mendedBy !== undefined && (await endOfExecution(sfn, mendedBy)) === 'running';
  return { stopped: isRepaired ? 'being mended' : 'to be mended' };
};

const openStatus = async (
  session: Session,
  record: DeploymentRecord,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<Partial<DeploymentStatus>> => {
  const [steps, stop] = await Promise.all([
    stores.records.steps(record.deployment),
    stoppedOf(session, record),
  ]);
  const waits = waitingIn(record, steps, lock);
  const halt = lock?.deployment === record.deployment ? lock.halt : undefined;
  return {
    ...stepOf(record, steps, session.now()),
    ...stop,
    ...(halt && { halted: { by: halt.by, reason: halt.reason } }),
    ...(waits && stop.stopped === undefined && { approveWith: `forseti approve ${record.deployment}` }),
  };
};

/** What comes after the repair commands, which are shown with what is left. */
const nextOf = (record: DeploymentRecord): DeploymentStatus['next'] => {
  const { deployment, end, application, version, kind } = record;
  if (!end || end.error === 'None') return [];
  if (end.outcome === 'Dirty' && kind === 'rollback')
    return [{ what: 'when that is repaired', command: rollbackCommand(record) }];
  if (end.outcome === 'Dirty')
    return [
      { what: 'when that is repaired', command: `forseti deploy ${application} ${version}` },
      { what: 'or back to the last good release', command: `forseti rollback ${application}` },
    ];
  return nextSteps({ record, end, deployment })
    .filter(({ command }) => !/^forseti (status|resume-from) /.test(command))
    .map(({ what, command }) => ({ what: what.charAt(0).toLowerCase() + what.slice(1), command }));
};

/** The next steps, without the rollback that would be refused since there is nothing that it could go back to. */
export const withoutRefusedRollback = (
  status: DeploymentStatus | undefined,
  application: string,
  wayBack: Partial<WayBack> | undefined,
): DeploymentStatus | undefined => {
  if (status?.next === undefined || wayBack === undefined || wayBack.release !== undefined) return status;
  return {
    ...status,
    next: status.next.filter(({ command }) => command !== `forseti rollback ${application}`),
  };
};

const closedStatus = (record: DeploymentRecord): Partial<DeploymentStatus> => ({
  ...endStatus(record),
  ...resumeStatus(record),
});

const endStatus = (record: DeploymentRecord): Partial<DeploymentStatus> => {
  const { end } = record;
  const next = nextOf(record) ?? [];
  return {
    ...(end && end.error !== 'None' && { error: end.error, problems: end.problems }),
    ...(end && end.left.length > 0 && { left: end.left }),
    ...(end && end.foreign.length > 0 && { foreign: end.foreign }),
    ...(next.length > 0 && { next }),
  };
};

/** An image that never became healthy is kept for whoever looks into it, and not offered. */
const resumeStatus = ({
  deployment,
  due,
  spareUntil,
  neverHealthy,
}: DeploymentRecord): Partial<DeploymentStatus> => ({
  ...(due === 'spare' &&
    neverHealthy !== true && {
      resumeWith: `forseti resume-from ${deployment}`,
      ...(spareUntil !== undefined && { resumeUntil: spareUntil }),
    }),
});

const statusOfRecord = async (
  session: Session,
  record: DeploymentRecord,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<DeploymentStatus> => {
  const { deployment, version, acceptedAt, requestedBy, reason, alarm, closedAt, outcome, handedTo } = record;
  const besides = [...(record.besides?.template ?? []), ...(record.besides?.scaling ?? [])];
  const now = closedAt === undefined ? await openStatus(session, record, lock, stores) : closedStatus(record);
  return {
    deployment,
    // Old records, from before there were rollbacks, have no kind.
    kind: (record as Partial<DeploymentRecord>).kind ?? 'deployment',
    version,
    ...(record.target?.name !== undefined && { release: record.target.name }),
    ...(record.warnings && record.warnings.length > 0 && { warnings: record.warnings }),
    acceptedAt,
    ...(requestedBy !== undefined && { requestedBy }),
    ...(reason !== undefined && { reason }),
    ...(alarm && { alarm: alarm.name }),
    ...(closedAt !== undefined && { closedAt }),
    ...(outcome !== undefined && { outcome }),
    ...(handedTo && { handedTo: handedTo.deployment }),
    ...(besides.length > 0 && { besides }),
    ...now,
  };
};

export interface DeploymentStatuses {
  /** The one that holds the fleet's lock, else the one that was started last, else the one that ended last. */
  readonly deployment?: DeploymentStatus;
  /** If that one was refused: the one that changed the fleet last. */
  readonly before?: DeploymentStatus;
  /** The others that are open: they wait for the lock, or for the end of the one that they halt. */
  readonly waiting: readonly DeploymentStatus[];
}

const isRefused = (outcome: string | undefined): boolean =>
  outcome === 'Rejected' || outcome === 'Superseded';

/** What runs for an application, or ran last. */
export const deploymentStatusesOf = async (
  session: Session,
  application: string,
  lock: LockItem | undefined,
  stores: Stores,
): Promise<DeploymentStatuses> => {
  const latest = await stores.latest(application);
  // A newer request that was refused must not hide the one that runs.
  const open = latest.filter(({ closedAt }) => closedAt === undefined);
  const first = open.find(({ deployment }) => deployment === lock?.deployment) ?? open[0] ?? latest[0];
  if (!first) return { waiting: [] };
  const others = open.filter(({ deployment }) => deployment !== first.deployment);
  const touched = latest.find(({ closedAt, outcome }) => closedAt !== undefined && !isRefused(outcome));
  const statusOf = async (record: DeploymentRecord) => statusOfRecord(session, record, lock, stores);
  const [deployment, before, waiting] = await Promise.all([
    statusOf(first),
    isRefused(first.outcome) && touched ? statusOf(touched) : undefined,
    Promise.all(others.map(statusOf)),
  ]);
  return { deployment, ...(before && { before }), waiting };
};
