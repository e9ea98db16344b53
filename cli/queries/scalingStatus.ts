import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ApplicationSettings } from '../../lib/application/schema';
import { findAlarms } from '../../lib/aws/alarms';
import { type CompareScaling, scalingChanges } from '../../lib/scaling/changes';
import type { ScalingChange } from '../../lib/scaling/diff';
import { alarmName, alarmNames } from '../../lib/scaling/names';
import type { Session } from '../session/session';

/** An alarm that gates releases of the application, or that its settings define. */
export interface AlarmStatus {
  readonly name: string;
  /** CloudWatch's; `missing` where there is none of that name. */
  readonly state: string;
  readonly gates: boolean;
}

/** The states of alarms by name. */
const statesOf = async (session: Session, names: readonly string[]): Promise<Map<string, string>> => {
  if (names.length === 0) return new Map();
  const { all } = await findAlarms(session.connect(CloudWatchClient), { AlarmNames: [...names] });
  return new Map(all.map((alarm) => [alarm.AlarmName ?? '', alarm.StateValue ?? '']));
};

interface NamedAlarm {
  readonly name: string;
  readonly gates: boolean;
}

/** The application's alarms: those that gate its releases, then the other ones of its settings. */
const alarmsFor = (session: Session, application: string, settings: ApplicationSettings): NamedAlarm[] => {
  const gating = alarmNames(session.stage, application, settings).map(({ fullName }) => fullName);
  const own = Object.keys(settings.scaling.alarms).map((name) => alarmName(session.stage, application, name));
  return [
    ...gating.map((name) => ({ name, gates: true })),
    ...own.filter((name) => !gating.includes(name)).map((name) => ({ name, gates: false })),
  ];
};

const withStates = (alarms: readonly NamedAlarm[], states: ReadonlyMap<string, string>): AlarmStatus[] =>
  alarms.map(({ name, gates }) => ({ name, gates, state: states.get(name) ?? 'missing' }));

/** The application's alarms, with one call. */
export const alarmsOf = async (
  session: Session,
  application: string,
  settings: ApplicationSettings,
): Promise<AlarmStatus[]> => {
  const alarms = alarmsFor(session, application, settings);
  return withStates(
    alarms,
    await statesOf(
      session,
      alarms.map(({ name }) => name),
    ),
  );
};

export interface ScalingStatus {
  readonly alarms: readonly AlarmStatus[];
  readonly changes: readonly ScalingChange[];
  /** Why the settings could not be compared with what there is. */
  readonly problem?: string;
  /** How what there is differs from other settings. */
  readonly compare: CompareScaling;
}

/** The application's alarms, and the policies and alarms that a deployment would write since they differ from the settings. */
export const scalingStatus = async (
  session: Session,
  application: string,
  settings: ApplicationSettings,
): Promise<ScalingStatus> => {
  const alarms = alarmsFor(session, application, settings);
  const own = new Set(
    Object.keys(settings.scaling.alarms).map((name) => alarmName(session.stage, application, name)),
  );
  const clients = {
    autoScaling: session.connect(AutoScalingClient),
    cloudWatch: session.connect(CloudWatchClient),
    elb: session.connect(ElasticLoadBalancingV2Client),
  };
  const place = { stage: session.stage, application, group: settings.group };
  const [{ changes, existing, problems, compare }, others] = await Promise.all([
    scalingChanges(settings, place, clients, (name) => own.has(name)),
    statesOf(
      session,
      alarms.map(({ name }) => name).filter((name) => !own.has(name)),
    ),
  ]);
  return {
    changes,
    compare,
    alarms: withStates(alarms, new Map([...existing.states, ...others])),
    ...(problems.length > 0 && { problem: problems.join(' ') }),
  };
};
