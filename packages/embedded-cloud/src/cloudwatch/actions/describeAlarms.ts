import type {
  CompositeAlarm as CompositeShape,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { alarmArn, invalidValue, stateOf } from '../alarms';
import type { Answer } from '../answer';
import { childrenOf, parentsOf } from '../composite/parents';
import { compositeAlarmsOf, findAlarm, isComposite } from '../composite/store';
import type { Alarm, AnyAlarm, CompositeAlarm } from '../state';

const shared = (alarm: AnyAlarm) => ({
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
  ActionsEnabled: alarm.actionsEnabled,
  OKActions: alarm.configuration.OKActions ?? [],
  AlarmActions: alarm.configuration.AlarmActions ?? [],
  InsufficientDataActions: alarm.configuration.InsufficientDataActions ?? [],
  StateValue: alarm.stateValue,
  StateReason: alarm.stateReason,
  ...(alarm.stateReasonData !== undefined && { StateReasonData: alarm.stateReasonData }),
  StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
  StateTransitionedTimestamp: new Date(alarm.stateChangedAt),
});

const describeMetric = (alarm: Alarm): MetricAlarm => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  ...alarm.configuration,
  ...shared(alarm),
  Dimensions: alarm.configuration.Dimensions ?? [],
});

const describeComposite = (alarm: CompositeAlarm): CompositeShape => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  ...alarm.configuration,
  ...shared(alarm),
});

/** What little is told of an alarm that is found as another's child or parent. */
const asChild = (alarm: AnyAlarm) => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  StateValue: alarm.stateValue,
  StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
});
const asParent = (alarm: AnyAlarm) => ({ AlarmName: alarm.name, AlarmArn: alarm.arn });

/** API reference: where AlarmTypes is left out, only metric alarms are returned. */
const ofTypes = (region: Region, types: DescribeAlarmsCommandInput['AlarmTypes']): readonly AnyAlarm[] => [
  ...(!types || types.includes('MetricAlarm') ? Object.values(stateOf(region).alarms) : []),
  ...(types?.includes('CompositeAlarm') ? compositeAlarmsOf(region) : []),
];

const byName = (a: AnyAlarm, b: AnyAlarm) => (a.name < b.name ? -1 : 1);

/** @throws AwsError ValidationError */
const select = (input: DescribeAlarmsCommandInput, region: Region): readonly AnyAlarm[] => {
  const { AlarmNames: names, AlarmNamePrefix: prefix, ActionPrefix: action, StateValue: state } = input;
  if (names?.length && prefix !== undefined)
    throw new AwsError('ValidationError', 'AlarmNames and AlarmNamePrefix cannot both be specified.');
  if ((names?.length ?? 0) > 100)
    throw new AwsError('ValidationError', 'At most 100 AlarmNames are allowed.');
  return ofTypes(region, input.AlarmTypes)
    .filter(
      ({ name, stateValue, configuration }) =>
        (!names?.length || names.includes(name)) &&
        (prefix === undefined || name.startsWith(prefix)) &&
        (state === undefined || stateValue === state) &&
        (action === undefined ||
          [configuration.AlarmActions, configuration.OKActions, configuration.InsufficientDataActions]
            .flatMap((list) => list ?? [])
            .some((arn) => arn.startsWith(action))),
    )
    .sort(byName);
};

const alone = new Set(['MaxRecords', 'NextToken']);

/** Beside ChildrenOfAlarmName or ParentsOfAlarmName nothing else may be asked. @throws AwsError ValidationError */
const checkAlone = (input: DescribeAlarmsCommandInput, asked: keyof DescribeAlarmsCommandInput): void => {
  const others = Object.entries(input).filter(
    ([name, value]) => name !== asked && !alone.has(name) && value !== undefined,
  );
  if (others.length > 0)
    throw new AwsError('ValidationError', `${asked} cannot be specified with other parameters.`);
};

interface Found {
  readonly alarms: readonly AnyAlarm[];
  readonly metric: (alarm: Alarm) => MetricAlarm;
  readonly composite: (alarm: CompositeAlarm) => CompositeShape;
}

const find = (input: DescribeAlarmsCommandInput, region: Region): Found => {
  const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child } = input;
  if (parent !== undefined) {
    checkAlone(input, 'ChildrenOfAlarmName');
    const alarm = findAlarm(region, parent);
    const names = alarm ? childrenOf(region, alarm) : [];
    const alarms = names.flatMap((name) => findAlarm(region, name) ?? []).sort(byName);
    return { alarms, metric: asChild, composite: asChild };
  }
  if (child !== undefined) {
    checkAlone(input, 'ParentsOfAlarmName');
    return { alarms: [...parentsOf(region, child)].sort(byName), metric: asParent, composite: asParent };
  }
  return { alarms: select(input, region), metric: describeMetric, composite: describeComposite };
};

/** @throws AwsError ValidationError, InvalidNextToken */
export const describeAlarms: Action<DescribeAlarmsCommandInput, Answer<DescribeAlarmsCommandOutput>> = {
  requires: (_, region) => [{ action: 'cloudwatch:DescribeAlarms', resource: alarmArn(region, '*') }],
  run: (input, region) => {
    const size = input.MaxRecords ?? 50;
    if (size < 1 || size > 100) throw invalidValue('MaxRecords must be between 1 and 100.');
    const from =
      input.NextToken === undefined ? 0 : Number(Buffer.from(input.NextToken, 'base64').toString());
    if (!Number.isInteger(from)) throw new AwsError('InvalidNextToken', 'The next token is not valid.');
    const { alarms, metric, composite } = find(input, region);
    const page = alarms.slice(from, from + size);
    const end = from + page.length;
    return {
      MetricAlarms: page.flatMap((alarm) => (isComposite(alarm) ? [] : [metric(alarm)])),
      CompositeAlarms: page.flatMap((alarm) => (isComposite(alarm) ? [composite(alarm)] : [])),
      ...(end < alarms.length && { NextToken: Buffer.from(String(end)).toString('base64') }),
    } satisfies Answer<DescribeAlarmsCommandOutput>;
  },
};
