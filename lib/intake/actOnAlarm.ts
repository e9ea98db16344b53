import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import { releaseOf } from '../engine/releases';
import { notify } from '../reporting/notify';
import type { RungAlarm } from './alarmEvent';
import type { About, AlarmTools } from './alarmTools';
import { type AlarmVerdict, markedByAlarm } from './judgeAlarm';
import { alarmRequestKey, executionName } from './names';
import { startNamed } from './once';

export interface CarriedOut {
  /** The rollback's execution, if one was started. */
  readonly execution?: string;
}

/** @returns undefined where the state has changed since the verdict: the alarm has to be judged again. */
export const carryOut = async (
  verdict: AlarmVerdict,
  about: About,
  tools: AlarmTools,
): Promise<CarriedOut | undefined> => {
  switch (verdict.act) {
    case 'none':
      return {};
    case 'page':
      await notify(tools.channels, tools.core.environment, {
        kind: 'alarm-ignored',
        ...concerned(about),
        why: verdict.why,
        page: true,
        ...(about.stillRings && { stillRings: true as const }),
      });
      return {};
    case 'aws acts':
      return leaveToAws(verdict, about, tools);
    case 'halt':
      return halt(verdict, about, tools);
    case 'roll back':
      return rollBack(verdict, about, tools);
  }
};

const concerned = ({ application, settings, alarm }: About) => ({ application, settings, alarm: alarm.name });

type During = Extract<AlarmVerdict, { readonly deployment: DeploymentRecord }>;

const leaveToAws = async (
  { deployment: record, why }: During,
  about: About,
  tools: AlarmTools,
): Promise<CarriedOut | undefined> => {
  const { core, channels } = tools;
  if (!(await markBad(core, record, about.alarm)) || (await hasCompleted(core, record))) return undefined;
  await notify(channels, core.environment, {
    kind: 'release-bad',
    ...concerned(about),
    version: record.version,
    deployment: record.deployment,
    then: why,
  });
  return {};
};

const halt = async (
  { deployment: record, why: reason }: During,
  { alarm }: About,
  { core, channels, wake }: AlarmTools,
): Promise<CarriedOut | undefined> => {
  if (!(await markBad(core, record, alarm))) return undefined;
  const by = markedByAlarm(alarm);
  const lock = await core.locks.halt({ fleet: record.group, owner: record.execution }, { by, reason });
  if (lock?.halt?.by !== by || (await hasCompleted(core, record))) return undefined;
  await wake(record.deployment);
  await notify(channels, core.environment, { kind: 'halted', record, by, reason });
  return {};
};

const rollBack = async (
  { release: known, why }: Extract<AlarmVerdict, { readonly act: 'roll back' }>,
  about: About,
  tools: AlarmTools,
): Promise<CarriedOut | undefined> => {
  // `acceptedAt` is read from the sort key; it is no attribute of the item.
  const release = { ...known, acceptedAt: undefined };
  if (!(await tools.core.releases.markBad(release, markedByAlarm(about.alarm)))) return undefined;
  const execution = await startRollback(about, why, tools);
  await notifyRollBack(about, tools, release.version, { execution, why });
  return { execution };
};

export const notifyRollBack = async (
  about: About,
  { core, channels }: Pick<AlarmTools, 'core' | 'channels'>,
  version: string,
  { execution, why }: { readonly execution: string; readonly why: string },
): Promise<void> =>
  notify(channels, core.environment, {
    kind: 'release-bad',
    ...concerned(about),
    version,
    deployment: execution,
    then: `${why} It is rolled back: ${execution}.`,
  });

/** A deployment that completed meanwhile left a release like any other, which is rolled back. */
const hasCompleted = async (core: Core, { deployment }: DeploymentRecord): Promise<boolean> =>
  (await core.records.find(deployment))?.completedAt !== undefined;

/**
 * Marks the release of a deployment bad. Before its image and launch template version exist there is no release to mark.
 * @returns false where another alarm has marked it before
 */
const markBad = async (core: Core, record: DeploymentRecord, alarm: RungAlarm): Promise<boolean> => {
  if ((record.bakedImage ?? record.image) === undefined || record.launchTemplate === undefined) return true;
  return core.releases.markBad(releaseOf(record, core.clock(), 'bad'), markedByAlarm(alarm));
};

/** The rollback of one change of an alarm's state has one name, however often the event is delivered. */
export const nameOfRollback = ({ alarm, application }: About): string =>
  executionName(application, 'rollback', alarmRequestKey(application, alarm.arn, alarm.changedAt));

const startRollback = async (
  about: About,
  why: string,
  { sfn, rollbackMachineArn }: AlarmTools,
): Promise<string> => {
  const { alarm, application } = about;
  const name = nameOfRollback(about);
  const input = {
    application,
    reason: why.slice(0, 256),
    requestedBy: `alarm ${alarm.name}`.slice(0, 256),
    alarm: { name: alarm.name, changedAt: alarm.changedAt },
    requestKey: alarmRequestKey(application, alarm.arn, alarm.changedAt),
  };
  await startNamed({ sfn, machineArn: rollbackMachineArn }, name, input);
  return name;
};
