import type { DeploymentRecord } from '../engine/record';
import { dayMs } from '../application/wallTime';
import { type AlarmFacts, type AlarmVerdict, isWatched, markedByAlarm } from './judgeAlarm';

/** The application's last deployment or rollback that has ended. */
export type LastEnd = Pick<
  DeploymentRecord,
  'deployment' | 'kind' | 'version' | 'outcome' | 'acceptedAt' | 'muted' | 'end'
> & { readonly closedAt: number };

/** What is known when an alarm is found in ALARM, some time after its event. Times are epoch ms. */
export interface RingingFacts extends Pick<
  AlarmFacts,
  'now' | 'alarm' | 'settings' | 'lock' | 'running' | 'newest' | 'newestDeployed' | 'good'
> {
  readonly last: LastEnd | undefined;
  /** When the last one first changed what instances of the fleet run; undefined if it never did. */
  readonly touchedAt: number | undefined;
  /** When somebody was paged for this ringing already. */
  readonly pagedAt: number | undefined;
  /** The alarm's own time of evaluation. */
  readonly evaluatedSeconds: number | undefined;
}

/** Of an alarm that does not say over which time it is evaluated. */
const usualSeconds = 5 * 60;
const [leastSeconds, mostSeconds] = [60, 15 * 60];

const none = (why: string): AlarmVerdict => ({ act: 'none', why });
const page = (why: string): AlarmVerdict => ({ act: 'page', why });
const iso = (at: number): string => new Date(at).toISOString();

/**
 * Decides what an alarm that rings on leads to. Its event was judged when it came: then a deployment was halted, or a
 * rollback was under way. Now that this has ended, either it is another release's alarm, which is rolled back (within
 * the rule of one automatic rollback), or it is no release's, and a person has to look.
 */
export const judgeRinging = (facts: RingingFacts): AlarmVerdict => {
  const { now, alarm, running, last } = facts;
  if (running) return none(`${running.deployment} runs: the alarm is looked at again when it has ended.`);
  if (!last) return none('The application has no deployment that it could be about.');
  const seconds = Math.min(Math.max(facts.evaluatedSeconds ?? usualSeconds, leastSeconds), mostSeconds);
  if (now < last.closedAt + seconds * 1000)
    return none(
      `${last.deployment} ended less than ${String(seconds)} seconds ago: the alarm had no time to end.`,
    );
  if (last.muted?.includes(alarm.name) === true && alarm.changedAt < last.acceptedAt)
    return none(`It rang before ${last.deployment}, which was deployed in spite of it.`);
  if (facts.pagedAt !== undefined && facts.pagedAt >= last.closedAt)
    return none(`Somebody was paged for it at ${iso(facts.pagedAt)}.`);
  return afterTheEnd(facts, last);
};

const afterTheEnd = (facts: RingingFacts, last: LastEnd): AlarmVerdict => {
  const { now, alarm, good, lock, touchedAt } = facts;
  const rings = `Alarm ${alarm.name} has been in ALARM since ${iso(alarm.changedAt)}`;
  const release = markedForIt(facts) ?? good;
  const within = release !== undefined && isWatched(facts, release);
  // What an alarm of yesterday is about, a person has to say.
  const mayAct = last.kind === 'deployment' && !lock?.rolledBack?.automatic && now - alarm.changedAt <= dayMs;
  if (mayAct && within && release.restoredAt === undefined) {
    const itself = release.deployment === last.deployment;
    const watch = `${rings}, within the watch time of ${release.version}`;
    if (itself) return { act: 'roll back', release, why: `${watch}.` };
    if (touchedAt === undefined || alarm.changedAt < touchedAt)
      return {
        act: 'roll back',
        release,
        why: `${watch} and before ${last.version} had changed an instance; it still rings after ${last.deployment} has ended.`,
      };
  }
  if (alarm.changedAt > last.closedAt && !within)
    return none(`It rang after ${last.deployment} had ended, outside of any watch time.`);
  return page(
    `${rings}. ${ended(last)} at ${iso(last.closedAt)}, and it still rings: ${meaning(last, good?.version)}`,
  );
};

/** The release on the fleet that the alarm's event marked bad, where the rollback was not started. */
const markedForIt = ({ newest, newestDeployed, alarm }: RingingFacts): RingingFacts['newest'] =>
  newest?.state === 'bad' && newestDeployed && newest.markedBy === markedByAlarm(alarm) ? newest : undefined;

const ended = ({ kind, deployment, version, outcome = 'Dirty', end }: LastEnd): string =>
  kind === 'rollback'
    ? `Rollback ${deployment} to ${version} ended as ${end?.error === 'None' ? 'done' : outcome}`
    : `Deployment ${deployment} of ${version} ended as ${outcome}`;

const meaning = ({ kind, version, outcome, end }: LastEnd, good: string | undefined): string => {
  if (kind === 'rollback' && end?.error === 'None')
    return `the release that was rolled back is not its cause, or not the only one.`;
  if (kind === 'rollback' || outcome === 'Dirty') return 'the fleet was not brought back.';
  if (outcome === 'Deployed') return `${version} is on the fleet.`;
  if (outcome === 'Rejected' && end?.error !== 'Halted') return 'no version is deployed while it rings.';
  return `${version} is not its cause${good === undefined ? '' : `, or ${good} has the same fault`}.`;
};
