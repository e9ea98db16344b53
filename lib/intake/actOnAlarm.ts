import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Channels } from '../reporting/channels';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';
import { releaseOf } from '../engine/releases';
import { notify } from '../reporting/notify';
import type { RungAlarm } from './alarmEvent';
import type { About } from './alarmFacts';
import { type AlarmVerdict, markOf } from './judgeAlarm';
import { alarmRequestKey, executionName } from './names';

export interface AlarmTools {
  readonly core: Core;
  readonly sfn: SFNClient;
  readonly channels: Channels;
  readonly autoScaling: AutoScalingClient;
  readonly rollbackMachineArn: string;
  /** Lets the parked steps of a deployment look at once. */
  readonly wake: (deployment: string) => Promise<void>;
}

export interface CarriedOut {
  /** The rollback's execution, if one was started. */
  readonly execution?: string;
}

/** @returns undefined where the world was not as the verdict saw it any more: it has to be judged again. */
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
        ...told(about),
        why: verdict.why,
        page: true,
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

const told = ({ application, settings, alarm }: About) => ({ application, settings, alarm: alarm.name });

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
    ...told(about),
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
  const by = markOf(alarm);
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
  // Of the key, and no attribute of its own.
  const release = { ...known, acceptedAt: undefined };
  if (!(await tools.core.releases.markBad(release, markOf(about.alarm)))) return undefined;
  const execution = await startRollback(about, why, tools);
  await tellRollBack(about, tools, release.version, { execution, why });
  return { execution };
};

export const tellRollBack = async (
  about: About,
  { core, channels }: Pick<AlarmTools, 'core' | 'channels'>,
  version: string,
  { execution, why }: { readonly execution: string; readonly why: string },
): Promise<void> =>
  notify(channels, core.environment, {
    kind: 'release-bad',
    ...told(about),
    version,
    deployment: execution,
    then: `${why} It is rolled back: ${execution}.`,
  });

/** It came through in the same moment: then it is a release like any other, to be rolled back. */
const hasCompleted = async (core: Core, { deployment }: DeploymentRecord): Promise<boolean> =>
  (await core.records.find(deployment))?.completedAt !== undefined;

/**
 * A release of which nothing is made yet needs no mark: its deployment does not get to making it.
 * @returns false where another alarm has marked it before.
 */
const markBad = async (core: Core, record: DeploymentRecord, alarm: RungAlarm): Promise<boolean> => {
  if ((record.bakedImage ?? record.image) === undefined || record.launchTemplate === undefined) return true;
  return core.releases.markBad(releaseOf(record, core.clock(), 'bad'), markOf(alarm));
};

/** One ring is one rollback, however often it is delivered. */
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
  try {
    await sfn.send(
      new StartExecutionCommand({ stateMachineArn: rollbackMachineArn, name, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  return name;
};
