import type {
  EventSourceMappingConfiguration,
  GetEventSourceMappingCommandInput,
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput,
  UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import type { Mapping } from '../../sqs/state';
import { nameOf } from '../names';

type Answer<Output> = Omit<Output, '$metadata'>;

const arnOf = (region: Region, id: string): string => region.arn('lambda', `event-source-mapping:${id}`);

/** AWS documents no duration. In practice it is between some seconds and a minute. */
const switchMs = 15_000;

const isSwitching = (region: Region, { switchedAt }: Mapping): boolean =>
  switchedAt !== undefined && region.now() - switchedAt < switchMs;

const stateOf = (region: Region, mapping: Mapping): string => {
  if (isSwitching(region, mapping)) return mapping.enabled ? 'Enabling' : 'Disabling';
  return mapping.enabled ? 'Enabled' : 'Disabled';
};

const shown = (region: Region, mapping: Mapping, state?: string): EventSourceMappingConfiguration => ({
  UUID: mapping.id,
  EventSourceMappingArn: arnOf(region, mapping.id),
  EventSourceArn: mapping.queueArn,
  FunctionArn: region.arn('lambda', `function:${mapping.functionName}`),
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.windowSeconds,
  ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency },
  FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
  State: state ?? stateOf(region, mapping),
  StateTransitionReason: 'USER_INITIATED',
  ...(mapping.modifiedAt !== undefined && { LastModified: new Date(mapping.modifiedAt) }),
});

/** Service authorization reference of Lambda: both actions have the condition key of the mapping's function. */
const onMapping =
  (action: string) =>
  ({ UUID: id = '' }: { UUID?: string | undefined }, region: Region) => {
    const name = region
      .service('sqs')
      .mappings()
      .find((one) => one.id === id)?.functionName;
    const ofFunction = name !== undefined && {
      context: { 'lambda:functionarn': region.arn('lambda', `function:${name}`) },
    };
    return [{ action: `lambda:${action}`, resource: arnOf(region, id), ...ofFunction }];
  };

/** AWS does not support resource-level permissions for it. All mappings fit in one page. */
export const listEventSourceMappings: Action<
  ListEventSourceMappingsCommandInput,
  Answer<ListEventSourceMappingsCommandOutput>
> = {
  requires: () => [{ action: 'lambda:ListEventSourceMappings', resource: '*' }],
  run: ({ EventSourceArn: queueArn, FunctionName: name }, region) =>
    ({
      EventSourceMappings: region
        .service('sqs')
        .mappings({
          ...(queueArn !== undefined && { queueArn }),
          ...(name !== undefined && { functionName: nameOf(name) }),
        })
        .map((mapping) => shown(region, mapping)),
    }) satisfies Answer<ListEventSourceMappingsCommandOutput>,
};

export const getEventSourceMapping: Action<
  GetEventSourceMappingCommandInput,
  EventSourceMappingConfiguration
> = {
  requires: onMapping('GetEventSourceMapping'),
  run: ({ UUID: id = '' }, region) => shown(region, region.service('sqs').mapping(id)),
};

/** The settings of a mapping that are modelled. A change of any other is refused. */
const changeable = new Set([
  'UUID',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'ScalingConfig',
]);

/**
 * Returns `Enabling` or `Disabling` until the change takes effect, as AWS does. Other changes are refused until
 * then. Running batches finish.
 */
export const updateEventSourceMapping: Action<
  UpdateEventSourceMappingCommandInput,
  EventSourceMappingConfiguration
> = {
  requires: onMapping('UpdateEventSourceMapping'),
  run: (input, region) => {
    const unknown = Object.keys(input).filter((name) => !changeable.has(name));
    if (unknown.length > 0)
      throw new AwsError(
        'InvalidParameterValueException',
        `Not modelled of an event source mapping: ${unknown.join(', ')}.`,
        { statusCode: 400, Type: 'User' },
      );
    const { UUID: id = '', Enabled: enabled } = input;
    const before = region.service('sqs').mapping(id);
    if (isSwitching(region, before))
      throw new AwsError(
        'ResourceInUseException',
        `Cannot update the event source mapping ${id} because it is in use.`,
        { statusCode: 400, Type: 'User' },
      );
    const concurrency = input.ScalingConfig?.MaximumConcurrency;
    const after = region.service('sqs').updateMapping(id, {
      ...(enabled !== undefined && { enabled }),
      ...(enabled !== undefined && enabled !== before.enabled && { switchedAt: region.now() }),
      ...(input.BatchSize !== undefined && { batchSize: input.BatchSize }),
      ...(input.MaximumBatchingWindowInSeconds !== undefined && {
        windowSeconds: input.MaximumBatchingWindowInSeconds,
      }),
      ...(input.FunctionResponseTypes !== undefined && {
        reportsItemFailures: input.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      }),
      ...(concurrency !== undefined && { maximumConcurrency: concurrency }),
    });
    return shown(region, after, isSwitching(region, after) ? undefined : 'Updating');
  },
};
