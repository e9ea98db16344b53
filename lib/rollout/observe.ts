import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { findAlarms } from '../aws/alarms';
import type { StepContext } from '../engine/context';
import { AlarmRinging } from '../engine/errors';
import type { Progress } from '../engine/waiting/waitingStep';
import { watchedAlarms } from './instanceRefresh';

export interface ObserveMemo extends Record<string, unknown> {
  /** Epoch ms. */
  until: number;
}

/**
 * The rest of the bake time. The alarms are read on entry, at every poll and at the end, since their events alone could
 * be missed. After an instance refresh with alarms AWS has baked already, so one poll is enough. If the release has no
 * alarms, there is nothing to watch.
 * @throws AlarmRinging
 */
export const observe = async (
  { record, settings, core }: StepContext,
  memo: Partial<ObserveMemo>,
  save: (memo: Partial<ObserveMemo>) => Promise<void>,
  { cloudWatch }: { cloudWatch: CloudWatchClient },
): Promise<Progress> => {
  const gates = watchedAlarms(core.environment.stage, record);
  if (gates.length === 0) return { over: { alarms: 0 } };
  const ringing = await ringingOf(cloudWatch, gates);
  if (ringing.length > 0)
    throw new AlarmRinging(
      `${ringing.length === 1 ? 'An alarm rings' : 'Alarms ring'} while ${record.application} ${record.version} is watched: ${ringing.join(', ')}.`,
    );
  if (record.rollout === 'instance-refresh') return { over: { alarms: gates.length } };
  const now = core.clock();
  const until = memo.until ?? now + settings.rollout.bakeMinutes * 60_000;
  if (memo.until === undefined) await save({ until });
  if (now >= until) return { over: { alarms: gates.length } };
  const seconds = Math.ceil((until - now) / 1000);
  return {
    waitFor: [],
    expectedSeconds: seconds,
    until,
    progress: `watching ${String(gates.length)} alarms until ${new Date(until).toISOString().slice(0, 19)}Z`,
  };
};

/** Names of the alarms in ALARM, and since when. */
const ringingOf = async (cloudWatch: CloudWatchClient, AlarmNames: string[]): Promise<string[]> => {
  const { all } = await findAlarms(cloudWatch, { AlarmNames, StateValue: 'ALARM' });
  return all
    .map((alarm) => {
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      return `${alarm.AlarmName ?? ''}${since ? ` (since ${since.toISOString()})` : ''}`;
    })
    .sort();
};
