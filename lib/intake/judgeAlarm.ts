import type { ApplicationSettings } from '../application/schema';
import type { LockItem } from '../engine/lockItem';
import type { DeploymentRecord } from '../engine/record';
import type { Release } from '../engine/releases';
import type { RungAlarm } from './alarmEvent';

/** A release, and when and how its deployment went. */
export interface KnownRelease extends Release {
  readonly acceptedAt: number;
}

/** What is known of an application's fleet when one of its alarms rings. Times are epoch ms. */
export interface AlarmFacts {
  readonly now: number;
  readonly alarm: Pick<RungAlarm, 'name' | 'changedAt'>;
  readonly settings: Pick<ApplicationSettings, 'rollback'>;
  readonly lock: LockItem | undefined;
  /** The record that the lock names, if it is open. */
  readonly running: DeploymentRecord | undefined;
  /** Its execution has ended without having closed it: Mend undoes what is left. */
  readonly stopped: boolean;
  /** An instance refresh of its rollout is active that watches the alarm: AWS rolls back by itself. */
  readonly refreshing: boolean;
  /** The application's newest release, whether good or bad. */
  readonly newest: KnownRelease | undefined;
  /** Whether the newest has been the fleet's; one that was marked bad on its way never was. */
  readonly newestDeployed: boolean;
  /** The newest that is marked good. */
  readonly good: KnownRelease | undefined;
}

/** What an alarm leads to, and why. `page`: nobody acts by itself, so somebody is told. */
export type AlarmVerdict =
  | { readonly act: 'none' | 'page'; readonly why: string }
  | { readonly act: 'aws acts' | 'halt'; readonly deployment: DeploymentRecord; readonly why: string }
  | { readonly act: 'roll back'; readonly release: KnownRelease; readonly why: string };

/** Who marked a release bad, or halted a deployment. */
export const markOf = ({ name, changedAt }: Pick<RungAlarm, 'name' | 'changedAt'>): string =>
  `alarm ${name} ${new Date(changedAt).toISOString()}`;

const dayMs = 24 * 60 * 60_000;

const iso = (at: number): string => new Date(at).toISOString();
const none = (why: string): AlarmVerdict => ({ act: 'none', why });

/**
 * Who acts on an alarm: while an instance refresh of ours runs, AWS does; at all other times only we. One automatic
 * rollback a fleet until a person acts. What this very ring has done already, before its delivery died, is judged as the
 * first time.
 */
export const judgeAlarm = (facts: AlarmFacts): AlarmVerdict => {
  const { running, alarm, now } = facts;
  // Its queue keeps it longer, for the sake of rollbacks that people ask for.
  if (now - alarm.changedAt > dayMs)
    return none(
      `It rang at ${iso(alarm.changedAt)}, more than a day ago: that says nothing of the fleet as it is.`,
    );
  if (running?.completedAt !== undefined || !running) return afterwards(facts);
  if (running.kind === 'rollback')
    return none(`Rollback ${running.deployment} to ${running.version} is under way already.`);
  return duringDeployment(facts, running);
};

const duringDeployment = (
  { alarm, lock, refreshing, stopped, newest }: AlarmFacts,
  deployment: DeploymentRecord,
): AlarmVerdict => {
  const what = `${deployment.application} ${deployment.version}`;
  if (alarm.changedAt < deployment.acceptedAt)
    return none(`It rang at ${iso(alarm.changedAt)}, before ${deployment.deployment} began.`);
  if (lock?.halt && lock.halt.by !== markOf(alarm))
    return none(`${deployment.deployment} was halted by ${lock.halt.by} already, and undoes itself.`);
  const ours = newest?.deployment === deployment.deployment ? newest : undefined;
  if (ours?.state === 'bad' && ours.markedBy !== markOf(alarm))
    return none(`${what} was marked bad by ${ours.markedBy} already, and is being undone.`);
  if (refreshing)
    return {
      act: 'aws acts',
      deployment,
      why: `An instance refresh brings ${what}: AWS watches the alarm and rolls back by itself.`,
    };
  if (stopped) return none(`${deployment.deployment} was stopped, and what it did is being undone.`);
  return { act: 'halt', deployment, why: `Alarm ${alarm.name} rang while ${what} was deployed.` };
};

const afterwards = (facts: AlarmFacts): AlarmVerdict => {
  const { alarm, lock, newest, newestDeployed, good } = facts;
  if (lock?.rolledBack?.automatic)
    return {
      act: 'page',
      why:
        `The fleet was rolled back automatically (${lock.rolledBack.deployment}, ${iso(lock.rolledBack.at)}), ` +
        'and nobody has acted since: there is no second automatic rollback.',
    };
  if (newest?.state === 'bad') {
    const bad = `${newest.application} ${newest.version}`;
    // Marked by this very alarm, whose delivery died before it had started the rollback, it is not done with.
    const mine = newest.markedBy === markOf(alarm);
    if (mine)
      return newestDeployed ? ofRelease(facts, newest) : none(`${bad} was marked bad and undone for it.`);
    const marked = `${bad} was marked bad by ${newest.markedBy} already`;
    // The fleet came back to the good one without a rollback of its own: somebody has to look at what rings still.
    if (!newestDeployed && good && watched(facts, good) === undefined)
      return { act: 'page', why: `${marked} and undone, and now it rings on ${good.version}.` };
    if (good?.restoredAt === undefined) return none(`${marked}.`);
  }
  if (!good) return none('The application has no release that it could be about.');
  return ofRelease(facts, good);
};

/** The alarm is about this release, if it rang in its watch time. */
const ofRelease = (facts: AlarmFacts, release: KnownRelease): AlarmVerdict => {
  const what = `${release.application} ${release.version}`;
  const outside = watched(facts, release);
  if (outside !== undefined) return none(outside);
  if (release.restoredAt !== undefined && release.state === 'good')
    return {
      act: 'page',
      why: `The fleet was rolled back to ${what} at ${iso(release.restoredAt)}: somebody has to look.`,
    };
  return {
    act: 'roll back',
    release,
    why: `Alarm ${facts.alarm.name} rang within the watch time of ${what}.`,
  };
};

/** EventBridge delivers for up to a day: what comes so much too late is about a fleet that nobody sees as it was. */
const lateMs = 15 * 60_000;

/** Bake time and rollback window: a mark as bad leaves the time at which it was marked good. @returns why the alarm is outside of it; undefined where it is within. */
const watched = (
  { now, alarm, settings }: AlarmFacts,
  { application, version, acceptedAt, markedAt, restoredAt }: KnownRelease,
): string | undefined => {
  const what = `${application} ${version}`;
  const began = restoredAt ?? acceptedAt;
  if (alarm.changedAt < began)
    return `It rang at ${iso(alarm.changedAt)}, before ${what} was ${restoredAt === undefined ? 'deployed' : 'restored'}.`;
  const until = (restoredAt ?? markedAt) + settings.rollback.windowMinutes * 60_000;
  return alarm.changedAt > until || now > until + lateMs
    ? `The watch time of ${what} ended at ${iso(until)}.`
    : undefined;
};
