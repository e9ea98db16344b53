import type { Dimension, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { publishConfigurationChange } from './events';
import type { Alarm, CloudWatchState } from './state';

export const stateOf = (region: Region): CloudWatchState => region.service('cloudwatch').state;

export const alarmArn = (region: Region, name: string): string => region.arn('cloudwatch', `alarm:${name}`);

export const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message);
const validation = (message: string) => new AwsError('ValidationError', message);
export const notFound = (message = '') => new AwsError('ResourceNotFound', message, { statusCode: 404 });

const statistics = /^(?:(?:p|tm|wm|tc|ts|PR|TM|WM|TC|TS)[\d.]+|(?:PR|TM|WM|TC|TS|tm|wm|tc|ts)\(.*\)|IQM)$/;

/**
 * AWS: 10, 20, 30 or a multiple of 60 seconds; the evaluated range is at most a day (a week if the period is an hour or
 * longer).
 */
const checkPeriod = (period: number | undefined, periods: number) => {
  if (period === undefined) return;
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
    throw invalidValue('Period must be 10, 20, 30 or a multiple of 60.');
  const maxSeconds = period >= 3600 ? 604_800 : 86_400;
  if (period * periods > maxSeconds)
    throw validation(
      `Metrics cannot be checked across more than ${maxSeconds === 86_400 ? 'a day' : '7 days'} ` +
        '(EvaluationPeriods * Period must be <= ' +
        `${String(maxSeconds)}).`,
    );
};

// eslint-disable-next-line no-control-regex -- these are what is refused
const hasControls = /[\x00-\x1f\x7f]/;

/** "must contain only ASCII characters, must include at least one non-whitespace character" (API reference, Dimension). */
const dimensionText = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/;

/** @throws InvalidParameterValue */
export const checkDimensions = (dimensions: readonly Dimension[] | undefined): void => {
  if ((dimensions ?? []).length > 30)
    throw invalidValue('The collection Dimensions must not have a size greater than 30.');
  for (const { Name: name = '', Value: value = '' } of dimensions ?? []) {
    if (!dimensionText.test(name) || name.startsWith(':') || name.length > 255)
      throw invalidValue(
        'The parameter Dimensions.Name must contain only ASCII characters, include at least one non-whitespace character, and not start with a colon.',
      );
    if (!dimensionText.test(value) || value.length > 1_024)
      throw invalidValue(
        'The parameter Dimensions.Value must contain only ASCII characters and include at least one non-whitespace character.',
      );
  }
};

/**
 * Refuses the input as PutMetricAlarm does.
 * @throws ValidationError, InvalidParameterCombination, MissingParameter, …
 */
const check = (input: PutMetricAlarmCommandInput) => {
  const name = input.AlarmName ?? '';
  if (name.length < 1 || name.length > 255)
    throw validation(`Value '${name}' at 'alarmName' failed to satisfy constraint: length must be 1 to 255`);
  if (hasControls.test(name)) throw validation('The alarm name must not contain ASCII control characters.');
  checkDimensions(input.Dimensions);
  if (!input.ComparisonOperator)
    throw new AwsError('MissingParameter', 'The parameter ComparisonOperator is required.');
  if (!input.EvaluationPeriods || input.EvaluationPeriods < 1)
    throw new AwsError('MissingParameter', 'The parameter EvaluationPeriods is required.');
  const single = input.MetricName !== undefined;
  if (single === (input.Metrics !== undefined))
    throw new AwsError('InvalidParameterCombination', 'Exactly one of MetricName and Metrics must be given.');
  if (single && !input.Namespace)
    throw new AwsError('MissingParameter', 'The parameter Namespace is required.');
  if (single && !input.Period) throw new AwsError('MissingParameter', 'The parameter Period is required.');
  if (single && (input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
    throw new AwsError(
      'InvalidParameterCombination',
      'Exactly one of Statistic and ExtendedStatistic must be given.',
    );
  if (input.ExtendedStatistic !== undefined && !statistics.test(input.ExtendedStatistic))
    throw validation(
      `The value ${input.ExtendedStatistic} for parameter ExtendedStatistic is not supported.`,
    );
  if (input.Threshold === undefined && input.ThresholdMetricId === undefined)
    throw new AwsError('MissingParameter', 'The parameter Threshold is required.');
  if ((input.DatapointsToAlarm ?? 1) > input.EvaluationPeriods)
    throw validation('DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  checkPeriod(input.Period, input.EvaluationPeriods);
  if (!['breaching', 'notBreaching', 'ignore', 'missing', undefined].includes(input.TreatMissingData))
    throw validation('TreatMissingData must be one of [breaching, notBreaching, ignore, missing]');
  for (const actions of [input.AlarmActions, input.OKActions, input.InsufficientDataActions])
    checkActions(actions);
};

const checkActions = (actions: readonly string[] | undefined) => {
  if ((actions ?? []).length > 5) throw validation('At most 5 actions are allowed for a state.');
  const wrong = actions?.find((arn) => !arn.startsWith('arn:'));
  if (wrong !== undefined) throw validation(`Invalid arn syntax: ${wrong}`);
};

/**
 * Creates an alarm, or changes the configuration of an existing one. An existing alarm keeps its state, as on AWS; a
 * new one has `INSUFFICIENT_DATA`.
 */
export const putAlarmIn = (region: Region, input: PutMetricAlarmCommandInput): Alarm => {
  check(input);
  const { AlarmName, Tags, ActionsEnabled, ...configuration } = input;
  const name = AlarmName ?? '';
  const { alarms, compositeAlarms } = stateOf(region);
  if (compositeAlarms?.[name]) throw validation(`A composite alarm of the name ${name} exists already.`);
  const before = alarms[name];
  const alarm: Alarm = {
    name,
    arn: alarmArn(region, name),
    configuration,
    configuredAt: region.now(),
    actionsEnabled: ActionsEnabled ?? true,
    stateValue: before?.stateValue ?? 'INSUFFICIENT_DATA',
    stateReason: before?.stateReason ?? 'Unchecked: Initial alarm creation',
    ...(before?.stateReasonData !== undefined && { stateReasonData: before.stateReasonData }),
    stateUpdatedAt: before?.stateUpdatedAt ?? region.now(),
    stateChangedAt: before?.stateChangedAt ?? region.now(),
    // As on AWS, PutMetricAlarm does not change the tags of an existing alarm.
    tags: before?.tags ?? Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
  alarms[name] = alarm;
  publishConfigurationChange(region, alarm, before ? 'update' : 'create');
  return alarm;
};
