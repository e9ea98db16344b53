import type { ApplicationSettings } from '../application/schema';
import { dayMs } from '../application/wallTime';
import type { LockItem } from '../engine/lockItem';
import type { DeploymentRecord } from '../engine/record';
import type { Release } from '../engine/releases';
import type { RungAlarm } from './alarmEvent';

/** A release, and when and how its deployment went. */
export interface DatedRelease extends Release {
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
  /** Its execution has ended without closing the record: the state machine Mend undoes what is left. */
  readonly stopped: boolean;
  /** An instance refresh of its rollout is active that watches the alarm: AWS rolls back by itself. */
  readonly refreshing: boolean;
  /** The application's newest release, whether good or bad. */
  readonly newest: DatedRelease | undefined;
  /** Whether the fleet has run the newest; one whose deployment was halted never ran. */
  readonly newestDeployed: boolean;
  /** The newest that is marked good. */
  readonly good: DatedRelease | undefined;
}

/** What an alarm leads to, and why. `page`: nothing is done, and whoever is on duty is notified. */
export type AlarmVerdict =
  | { readonly act: 'none' | 'page'; readonly why: string }
  | { readonly act: 'aws acts' | 'halt'; readonly deployment: DeploymentRecord; readonly why: string }
  | { readonly act: 'roll back'; readonly release: DatedRelease; readonly why: string };

/** Who marked a release bad, or halted a deployment. */
export const markedByAlarm = ({ name, changedAt }: Pick<RungAlarm, 'name' | 'changedAt'>): string =>
  `alarm ${name} ${new Date(changedAt).toISOString()}`;

const iso = (at: number): string => new Date(at).toISOString();
const none = (why: string): AlarmVerdict => ({ act: 'none', why });

/**
 * Decides who acts on an alarm. While an instance refresh of a deployment runs, AWS acts; at all other times Forseti does. A fleet is
 * rolled back automatically once, until a person acts. Changes made by an earlier delivery of the same alarm event are ignored.
 */
export const judgeAlarm = (facts: AlarmFacts): AlarmVerdict => {
  const { running, alarm, now } = facts;
  // What rang longer ago rolls nothing back by itself. The queue keeps messages for longer, since rollbacks that people ask for lie in it, too.
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
  if (lock?.halt && lock.halt.by !== markedByAlarm(alarm))
    return none(`${deployment.deployment} was halted by ${lock.halt.by} already, and undoes itself.`);
  const ours = newest?.deployment === deployment.deployment ? newest : undefined;
  if (ours?.state === 'bad' && ours.markedBy !== markedByAlarm(alarm))
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
    // An earlier delivery of this alarm marked the release, and died before it started the rollback.
    const mine = newest.markedBy === markedByAlarm(alarm);
    if (mine)
      return newestDeployed ? ofRelease(facts, newest) : none(`${bad} was marked bad and undone for it.`);
    const marked = `${bad} was marked bad by ${newest.markedBy} already`;
    // The deployment undid itself. An alarm that rings on the good release as well needs a person.
    if (!newestDeployed && good && watched(facts, good) === undefined)
      return { act: 'page', why: `${marked} and undone, and now it rings on ${good.version}.` };
    if (good?.restoredAt === undefined) return none(`${marked}.`);
  }
  if (!good) return none('The application has no release that it could be about.');
  return ofRelease(facts, good);
};

/** An alarm is about a release if it rang within the release's watch time. */
const ofRelease = (facts: AlarmFacts, release: DatedRelease): AlarmVerdict => {
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

/** EventBridge delivers for up to a day. An event that is later than this says nothing of the fleet as it is now. */
const lateMs = 15 * 60_000;

/**
 * The watch time is the bake time and the rollback window. `markedAt` stays the time at which the release was marked good,
 * also after it is marked bad.
 * @returns why the alarm is outside of the watch time; undefined where it is within
 */
const watched = (facts: AlarmFacts, release: DatedRelease): string | undefined => {
  const { now, alarm } = facts;
  const { application, version, restoredAt } = release;
  const what = `${application} ${version}`;
  const { began, until } = watchTime(facts, release);
  if (alarm.changedAt < began)
    return `It rang at ${iso(alarm.changedAt)}, before ${what} was ${restoredAt === undefined ? 'deployed' : 'restored'}.`;
  return alarm.changedAt > until || now > until + lateMs
    ? `The watch time of ${what} ended at ${iso(until)}.`
    : undefined;
};

const watchTime = (
  { settings }: Pick<AlarmFacts, 'settings'>,
  { acceptedAt, markedAt, restoredAt }: DatedRelease,
): { readonly began: number; readonly until: number } => ({
  began: restoredAt ?? acceptedAt,
  until: (restoredAt ?? markedAt) + settings.rollback.windowMinutes * 60_000,
});

/** Whether the alarm rang within the release's watch time, however long ago that is. */
export const isWatched = (facts: Pick<AlarmFacts, 'settings' | 'alarm'>, release: DatedRelease): boolean => {
  const { began, until } = watchTime(facts, release);
  return facts.alarm.changedAt >= began && facts.alarm.changedAt <= until;
};
