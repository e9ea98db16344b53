import type {
  EventSourceMappingConfiguration,
  GetEventSourceMappingCommandInput,
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput,
  UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../errors';
import type { Action, Region } from '../../service';
import type { Mapping } from '../../sqs/state';
import { nameOf } from '../service';

type Answer<Output> = Omit<Output, '$metadata'>;

const arnOf = (region: Region, id: string): string => region.arn('lambda', `event-source-mapping:${id}`);

/** AWS states no time for it; people see from some seconds to a minute. */
const changeMs = 20_000;

/** `Enabling`, `Disabling` or `Updating`, while that takes. */
const changeOf = (region: Region, { changing }: Mapping): string | undefined =>
  changing && region.now() < changing.until ? changing.state : undefined;

const shown = (region: Region, mapping: Mapping): EventSourceMappingConfiguration => ({
  UUID: mapping.id,
  EventSourceMappingArn: arnOf(region, mapping.id),
  EventSourceArn: mapping.queueArn,
  FunctionArn: region.arn('lambda', `function:${mapping.functionName}`),
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.windowSeconds,
  ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency },
  FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
  State: changeOf(region, mapping) ?? (mapping.enabled ? 'Enabled' : 'Disabled'),
  StateTransitionReason: 'USER_INITIATED',
  ...(mapping.modifiedAt !== undefined && { LastModified: new Date(mapping.modifiedAt) }),
});

const onMapping = (action: string) => (input: { UUID?: string | undefined }, region: Region) => [
  { action: `lambda:${action}`, resource: arnOf(region, input.UUID ?? '') },
];

/** AWS knows no resource for it. One page holds all. */
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

/** What is modelled of a mapping can be changed; the rest is refused rather than forgotten. */
const changeable = new Set([
  'UUID',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'ScalingConfig',
]);

/**
 * Answers `Enabling` or `Disabling`, as AWS does while it takes effect, and refuses another change until it has; batches
 * under way are ended.
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
    const change = changeOf(region, before);
    if (change !== undefined)
      throw new AwsError(
        'ResourceInUseException',
        `Cannot update the event source mapping because it is in use: it is ${change}.`,
        { statusCode: 400, Type: 'User' },
      );
    const concurrency = input.ScalingConfig?.MaximumConcurrency;
    const isOn = enabled ?? before.enabled;
    const state = isOn === before.enabled ? 'Updating' : isOn ? 'Enabling' : 'Disabling';
    const after = region.service('sqs').updateMapping(id, {
      changing: { state, until: region.now() + changeMs },
      ...(enabled !== undefined && { enabled }),
      ...(input.BatchSize !== undefined && { batchSize: input.BatchSize }),
      ...(input.MaximumBatchingWindowInSeconds !== undefined && {
        windowSeconds: input.MaximumBatchingWindowInSeconds,
      }),
      ...(input.FunctionResponseTypes !== undefined && {
        reportsItemFailures: input.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      }),
      ...(concurrency !== undefined && { maximumConcurrency: concurrency }),
    });
    return shown(region, after);
  },
};
