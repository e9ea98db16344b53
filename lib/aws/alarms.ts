import {
  type CloudWatchClient,
  type CompositeAlarm,
  type DescribeAlarmsCommandInput,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';

/** What to search for; `{}` finds every alarm. AWS takes up to 100 `AlarmNames`. */
export type AlarmSearch = Pick<DescribeAlarmsCommandInput, 'AlarmNames' | 'AlarmNamePrefix' | 'StateValue'>;

export interface FoundAlarms {
  readonly metric: readonly MetricAlarm[];
  readonly composite: readonly CompositeAlarm[];
  /** Both kinds, with what they have in common. */
  readonly all: readonly (MetricAlarm | CompositeAlarm)[];
}

/**
 * Alarms of both kinds. CloudWatch API Reference, DescribeAlarms, on `AlarmTypes`: "If you omit this parameter, only
 * metric alarms are returned, even if composite alarms exist in the account." So every search goes through here.
 */
export const findAlarms = async (cloudWatch: CloudWatchClient, search: AlarmSearch): Promise<FoundAlarms> => {
  const metric: MetricAlarm[] = [];
  const composite: CompositeAlarm[] = [];
  const pages = paginateDescribeAlarms(
    { client: cloudWatch },
    { ...search, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  for await (const page of pages) {
    metric.push(...(page.MetricAlarms ?? []));
    composite.push(...(page.CompositeAlarms ?? []));
  }
  return { metric, composite, all: [...metric, ...composite] };
};
