import { AwsError } from '../core/errors';
import { matchesPattern as matchesWildcard } from '../iam/pattern';
import type { Region } from '../core/service';
import { targetInputOf } from './input';
import type { Envelope, EventsState, Rule, Target } from './state';

const principal = 'events.amazonaws.com';

/** An agenda entry: one event on its way to one target. */
export interface Delivery {
  readonly rule: string;
  readonly target: string;
  readonly event: Envelope;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Attempts before this one. */
  readonly tries: number;
}

/** Errors that another attempt cannot fix. Such an event goes to the dead-letter queue at once. */
const lasting = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'NotFound',
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'StateMachineDoesNotExist',
]);

const checkPermission = (state: EventsState, rule: Rule, functionArn: string): void => {
  const allowed = state.permissions.some(
    (permission) =>
      permission.functionArn === functionArn &&
      permission.principal === principal &&
      (permission.sourceArn === undefined || matchesWildcard(permission.sourceArn, rule.arn)),
  );
  if (allowed) return;
  const message =
    `User: ${principal} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} ` +
    'because no resource-based policy allows the lambda:InvokeFunction action';
  throw new AwsError('AccessDeniedException', message, { statusCode: 403 });
};

const startMachine = async (region: Region, rule: Rule, target: Target, input: string): Promise<void> => {
  if (target.RoleArn === undefined) {
    throw new AwsError('AccessDeniedException', `The target ${target.Id} of ${rule.name} has no role.`);
  }
  const caller = { kind: 'function', arn: target.RoleArn, name: rule.name } as const;
  await region.service('states').start(target.Arn, input, caller);
};

/** Delivers the event to the target's service. @throws AwsError if the service refuses it */
const give = async (
  region: Region,
  state: EventsState,
  rule: Rule,
  target: Target,
  { event, since }: Delivery,
): Promise<void> => {
  const input = targetInputOf(target, event, since);
  const onBehalf = { principal, sourceArn: rule.arn };
  const service = target.Arn.split(':')[2];
  switch (service) {
    case 'sqs':
      region.service('sqs').send(target.Arn, input, {}, onBehalf);
      return;
    case 'sns':
      region.service('sns').publish(target.Arn, input, undefined, onBehalf);
      return;
    case 'lambda':
      checkPermission(state, rule, target.Arn);
      region.service('lambda').invokeAsync(target.Arn, JSON.parse(input));
      return;
    case 'states':
      await startMachine(region, rule, target, input);
      return;
    default:
      throw new Error(`Targets of ${String(service)} are not modelled (${rule.name}).`);
  }
};

const giveUp = (
  region: Region,
  state: EventsState,
  delivery: Delivery,
  error: AwsError,
  condition?: string,
): void => {
  const rule = state.rules[delivery.rule];
  const target = rule?.targets.find(({ Id }) => Id === delivery.target);
  const deadLetterArn = target?.DeadLetterConfig?.Arn;
  const note = { rule: delivery.rule, target: delivery.target, at: region.now() };
  if (!rule || !target || deadLetterArn === undefined) {
    state.dropped.push({ ...note, why: error.message });
    return;
  }
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  const attributes = {
    RULE_ARN: text(rule.arn),
    TARGET_ARN: text(target.Arn),
    ERROR_CODE: text(error.code),
    ERROR_MESSAGE: text(error.message),
    ...(condition === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: text(condition) }),
    RETRY_ATTEMPTS: text(String(delivery.tries)),
  };
  try {
    const onBehalf = { principal, sourceArn: rule.arn };
    region.service('sqs').send(deadLetterArn, JSON.stringify(delivery.event), { attributes }, onBehalf);
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal;
    state.dropped.push({ ...note, why: `${error.message}; dead letters: ${refusal.message}` });
  }
};

/** One second at first, doubled each time, at most an hour. */
export const retryDelayMs = (tries: number): number => Math.min(1000 * 2 ** tries, 3_600_000);

/**
 * Delivers an event to a target. A failed delivery is repeated for 24 hours and 185 times, unless the rule says
 * otherwise. After that, or at once if another attempt cannot help, the event goes to the target's dead-letter queue
 * (user guide, "Event retry policy and using dead-letter queues").
 */
export const deliver = async (region: Region, state: EventsState, delivery: Delivery): Promise<void> => {
  const rule = state.rules[delivery.rule];
  const target = rule?.targets.find(({ Id }) => Id === delivery.target);
  if (!rule || !target) return;
  try {
    await give(region, state, rule, target, delivery);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = target.RetryPolicy ?? {};
    const delayMs = region.chance.around(retryDelayMs(delivery.tries), 0.2);
    const isTooOld = region.now() + delayMs - delivery.since > MaximumEventAgeInSeconds * 1000;
    if (lasting.has(error.code)) giveUp(region, state, delivery, error);
    else if (delivery.tries >= MaximumRetryAttempts)
      giveUp(region, state, delivery, error, 'MaximumRetryAttempts');
    else if (isTooOld) giveUp(region, state, delivery, error, 'MaximumEventAgeInSeconds');
    else region.schedule(delayMs, 'events', 'deliver', { ...delivery, tries: delivery.tries + 1 });
  }
};
