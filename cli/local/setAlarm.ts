import { CloudWatchClient, type MetricAlarm, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import { nearest } from '../../lib/application/nearest';
import { findAlarms } from '../../lib/aws/alarms';
import { readAllSettings } from '../../lib/application/store';
import { alarmName } from '../../lib/scaling/names';
import type { AlarmState } from './alarmStates';
import { UsageError } from '../terminal/errors';
import { defaultStage, type Session } from '../session/session';

/** A refusal lists up to this many alarms. */
const maxListed = 10;

/** By application, the short names of the alarms that its settings define. */
export type OwnAlarms = Readonly<Record<string, readonly string[]>>;

const refusal = (name: string, own: OwnAlarms, known: readonly string[]): UsageError => {
  const owners = Object.keys(own).filter((application) => own[application]?.includes(name));
  if (owners.length > 0)
    return new UsageError(
      `The settings of ${owners.join(' and ')} define an alarm ${name}, but it is not there yet: the next deployment makes it ("forseti deploy ${owners[0] ?? ''} VERSION --local").`,
    );
  const near = nearest(name, [...Object.values(own).flat(), ...known]);
  const listed = known.slice(0, maxListed).join(', ') + (known.length > maxListed ? ', …' : '');
  return new UsageError(
    `There is no alarm ${name}${near === undefined ? '.' : `; did you mean ${near}?`} There are: ${listed || 'none'}.`,
  );
};

/**
 * The full name of the alarm that a person means: an alarm of exactly that name, else one that settings call so.
 *
 * @param known full names of the alarms that exist
 * @throws UsageError where there is none, or several applications have one of that name.
 */
export const resolveAlarm = (name: string, own: OwnAlarms, known: readonly string[]): string => {
  if (known.includes(name)) return name;
  const [only, ...others] = Object.keys(own)
    .map((application) => alarmName(defaultStage, application, name))
    .filter((fullName) => known.includes(fullName));
  if (only === undefined) throw refusal(name, own, known);
  if (others.length === 0) return only;
  throw new UsageError(
    `Several applications have an alarm ${name}: give one of ${[only, ...others].join(', ')}.`,
  );
};

/** So far beyond the threshold, as a share of it, that the first step of a policy covers it. */
const justBeyond = 0.001;

/**
 * What `SetAlarmState` must be told for a step policy to find its step: a metric just beyond the threshold. Undefined
 * where the alarm executes no such policy; target tracking moves by one instance without it.
 */
export const reasonDataOf = (alarm: MetricAlarm, state: AlarmState): string | undefined => {
  const { AlarmName = '', AlarmActions = [], Threshold: threshold, ComparisonOperator = '' } = alarm;
  const scales = AlarmActions.some((arn) => arn.includes(':scalingPolicy:'));
  if (state !== 'ALARM' || !scales || threshold === undefined || AlarmName.startsWith('TargetTracking-'))
    return undefined;
  const distance = Math.max(Math.abs(threshold), 1) * justBeyond;
  const metric = threshold + (ComparisonOperator.startsWith('Less') ? -distance : distance);
  return JSON.stringify({ version: '1.0', recentDatapoints: [metric], threshold });
};

/**
 * Sets the state of an alarm of the embedded cloud (`SetAlarmState`).
 *
 * @returns the alarm's full name and the state before: CloudWatch sends an event only for a change.
 * @throws UsageError, see {@link resolveAlarm}.
 */
export const setAlarm = async (
  session: Session,
  name: string,
  state: AlarmState,
): Promise<{ readonly fullName: string; readonly before: string }> => {
  const cloudWatch = session.connect(CloudWatchClient);
  const { all: alarms, metric } = await findAlarms(cloudWatch, {});
  const { settings } = await readAllSettings(session.connect(SSMClient), session.names.settingsPrefix);
  const known = alarms.map(({ AlarmName }) => AlarmName ?? '');
  const own = Object.entries(settings.applications).map(
    ([application, { scaling }]) => [application, Object.keys(scaling.alarms)] as const,
  );
  const fullName = resolveAlarm(name, Object.fromEntries(own), known);
  const isMeant = ({ AlarmName }: { AlarmName?: string | undefined }) => AlarmName === fullName;
  const before = alarms.find(isMeant)?.StateValue ?? '';
  const reason = `Set by hand: forseti local alarm ${name} --state ${state}`;
  await cloudWatch.send(
    new SetAlarmStateCommand({
      AlarmName: fullName,
      StateValue: state,
      StateReason: reason.slice(0, 1023),
      StateReasonData: reasonDataOf(metric.find(isMeant) ?? {}, state),
    }),
  );
  return { fullName, before };
};
