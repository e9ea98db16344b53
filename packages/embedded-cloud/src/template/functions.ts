/** Lambda's resources. */
import { evaluateStatements } from '../iam/judge';
import { statementsOf } from '../iam/statement';
import { partsOf } from '../lambda/functionUrls';
import type { EventInvokeConfig } from '../lambda/state';
import type { Create, Stack } from './installed';
import { defined, list, object, optionalNumber, optionalText, text } from './properties';
import type { Resource } from './resolve';

const nameIn = (nameOrArn: string): string => /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

const eventInvokeConfig = (stack: Stack, functionName: string): EventInvokeConfig | undefined => {
  const configuration = stack.resources.find(
    ({ type, properties }) =>
      type === 'AWS::Lambda::EventInvokeConfig' && nameIn(text(properties, 'FunctionName')) === functionName,
  );
  if (!configuration) return undefined;
  const { properties } = configuration;
  const onFailure = object(object(properties, 'DestinationConfig'), 'OnFailure');
  return defined<EventInvokeConfig>({
    maximumRetryAttempts: optionalNumber(properties, 'MaximumRetryAttempts'),
    maximumEventAgeSeconds: optionalNumber(properties, 'MaximumEventAgeInSeconds'),
    onFailureArn: optionalText(onFailure, 'Destination'),
  });
};

/** By default the timeout is 3 s, and memory is 128 MB. */
export const createFunction: Create = ({ ref, properties }, stack) => {
  const variables = Object.entries(object(object(properties, 'Environment'), 'Variables'));
  const reservedConcurrency = optionalNumber(properties, 'ReservedConcurrentExecutions');
  const configuration = eventInvokeConfig(stack, ref);
  const deadLetterArn = optionalText(object(properties, 'DeadLetterConfig'), 'TargetArn');
  stack.region.service('lambda').add({
    functionName: ref,
    handler: text(properties, 'Handler'),
    timeoutSeconds: optionalNumber(properties, 'Timeout') ?? 3,
    memoryMb: optionalNumber(properties, 'MemorySize') ?? 128,
    environment: Object.fromEntries(variables.map(([name, value]) => [name, String(value)])),
    roleArn: text(properties, 'Role'),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(configuration === undefined ? {} : { eventInvokeConfig: configuration }),
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  });
};

/** Auth types `NONE` and `AWS_IAM`. The URL depends on the logical id, not on the function's name. */
export const createUrl: Create = ({ attributes, properties }, { region }) => {
  if (properties.Cors !== undefined) throw new Error('Cors is not modelled');
  if ((optionalText(properties, 'InvokeMode') ?? 'BUFFERED') !== 'BUFFERED')
    throw new Error('streamed responses are not modelled');
  const authType = text(properties, 'AuthType');
  if (authType !== 'NONE' && authType !== 'AWS_IAM')
    throw new Error(`AuthType must be NONE or AWS_IAM, not ${authType}`);
  const { functionName } = region.service('lambda').find(text(properties, 'TargetFunctionArn'));
  const { urlId = '' } = partsOf(new URL(attributes.FunctionUrl ?? '').hostname) ?? {};
  region.service('lambda').addUrl({ urlId, functionName, authType });
};

/** Permissions of qualified functions (`:alias`) are not modelled. */
export const createPermission: Create = ({ properties }, { region }) => {
  if (text(properties, 'Principal') === '*') {
    const authType = optionalText(properties, 'FunctionUrlAuthType');
    region.service('lambda').permitUrl({
      functionName: nameIn(text(properties, 'FunctionName')),
      action: text(properties, 'Action'),
      ...(authType === undefined ? {} : { authType }),
    });
    return;
  }
  const sourceArn = optionalText(properties, 'SourceArn');
  region.service('events').permit({
    functionArn: region.arn('lambda', `function:${nameIn(text(properties, 'FunctionName'))}`),
    principal: text(properties, 'Principal'),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  });
};

const pollingActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** @throws Error like AWS, if the function's role may not poll the queue */
const checkPolling = ({ resources, roles }: Stack, roleArn: string, queueArn: string): void => {
  const statements = statementsOf(roles[roleArn]?.policies ?? []);
  const missing = pollingActions.find(
    (action) => !evaluateStatements(statements, [{ action: `sqs:${action}`, resource: queueArn }]).allowed,
  );
  if (missing !== undefined) {
    throw new Error(`The function execution role does not have permissions to call ${missing} on SQS`);
  }
  if (!resources.some(({ type, attributes }) => type === 'AWS::SQS::Queue' && attributes.Arn === queueArn)) {
    throw new Error(`The queue ${queueArn} is not in the template`);
  }
};

/** AWS refuses a queue whose visibility timeout is shorter than the function's timeout. */
const checkVisibility = (stack: Stack, queueArn: string, timeoutSeconds: number): void => {
  const visibilitySeconds = stack.region.service('sqs').queue(queueArn)?.visibilityTimeoutSeconds ?? 0;
  if (visibilitySeconds >= timeoutSeconds) return;
  throw new Error(
    `Queue visibility timeout: ${String(visibilitySeconds)} seconds is less than Function timeout: ${String(timeoutSeconds)} seconds`,
  );
};

/** By default, a mapping runs at most this many invocations at once. */
const defaultConcurrency = 1000;

export const createMapping: Create = (resource: Resource, stack) => {
  const { properties } = resource;
  const queueArn = text(properties, 'EventSourceArn');
  if (queueArn.split(':')[2] !== 'sqs')
    throw new Error(`${queueArn} is no queue; other sources are not modelled`);
  const definition = stack.region.service('lambda').find(text(properties, 'FunctionName'));
  checkPolling(stack, definition.roleArn, queueArn);
  checkVisibility(stack, queueArn, definition.timeoutSeconds);
  if (properties.FilterCriteria !== undefined) throw new Error('FilterCriteria is not modelled');
  stack.region.service('sqs').createMapping({
    queueArn,
    functionName: definition.functionName,
    roleArn: definition.roleArn,
    batchSize: optionalNumber(properties, 'BatchSize') ?? 10,
    windowSeconds: optionalNumber(properties, 'MaximumBatchingWindowInSeconds') ?? 0,
    reportsItemFailures: list<string>(properties, 'FunctionResponseTypes').includes(
      'ReportBatchItemFailures',
    ),
    maximumConcurrency:
      optionalNumber(object(properties, 'ScalingConfig'), 'MaximumConcurrency') ?? defaultConcurrency,
    enabled: properties.Enabled !== false,
  });
};
