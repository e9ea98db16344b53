import { verdictOf } from '../cloudwatch/composite/evaluate';
import type { Region } from '../core/service';
import { alarmOrder } from './alarmChecks';
import { regionOf } from './network';
import { ms } from './options';
import type { CloudDescription } from './schema';

type AlarmDescription = CloudDescription['alarms'][string];

const described = 'Described so at the start of the cloud.';

const addAlarm = (region: Region, name: string, alarm: AlarmDescription): void => {
  const cloudwatch = region.service('cloudwatch');
  cloudwatch.putAlarm({
    AlarmName: name,
    Namespace: alarm.namespace,
    MetricName: alarm.metric,
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  // The alarm has been in this state for a long time, so no event is sent.
  const made = cloudwatch.state.alarms[name];
  if (made) Object.assign(made, { stateValue: alarm.state, stateReason: described });
  for (const { in: delay, for: lasting } of alarm.rings) {
    const reason = `Threshold Crossed: 1 datapoint was greater than the threshold (${String(alarm.threshold)}).`;
    region.schedule(ms(delay), 'cloudwatch', 'state', { name, value: 'ALARM', reason });
    const over = `Threshold Crossed: 1 datapoint was not greater than the threshold (${String(alarm.threshold)}).`;
    region.schedule(ms(delay) + ms(lasting), 'cloudwatch', 'state', { name, value: 'OK', reason: over });
  }
};

/** Its state is that of its rule from the start: nobody is told of it. */
const addComposite = (region: Region, AlarmName: string, AlarmRule: string): void => {
  const made = region.service('cloudwatch').putCompositeAlarm({ AlarmName, AlarmRule });
  Object.assign(made, { stateValue: verdictOf(region, made), stateReason: described });
};

/** Adds the alarms in their initial states, and puts their described changes on the agenda. */
export const addAlarms = (region: Region, cloud: CloudDescription): void => {
  for (const name of alarmOrder(cloud.alarms)) {
    const alarm = cloud.alarms[name];
    if (!alarm || regionOf(cloud, alarm) !== region.name) continue;
    if (alarm.rule === undefined) addAlarm(region, name, alarm);
    else addComposite(region, name, alarm.rule);
  }
};
