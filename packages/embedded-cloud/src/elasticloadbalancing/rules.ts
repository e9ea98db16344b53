/** Listener rules: what CreateRule accepts, what DescribeRules returns, and which requests a rule matches. */
import type {
  Action as ApiAction,
  Rule as ApiRule,
  RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { requireTargetGroup, validationError } from './errors';
import type { Condition, ElasticLoadBalancingState, FixedResponse, Rule, RuleAction } from './state';

/** Quotas for Application Load Balancers: rules per load balancer, without the default rules. */
export const maxRules = 100;
/** FixedResponseActionConfig, `MessageBody`. */
const maxBodyLength = 1_024;
const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];

const configs = {
  'host-header': 'HostHeaderConfig',
  'path-pattern': 'PathPatternConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'source-ip': 'SourceIpConfig',
} as const;
const isField = (field: string): field is keyof typeof configs => field in configs;

const conditionOf = (given: RuleCondition): Condition => {
  const field = given.Field ?? '';
  // Conditions on query strings and headers also have keys. They are not modelled.
  if (!isField(field))
    throw validationError(`Condition field '${field}' must be one of '[${Object.keys(configs).join(', ')}]'`);
  const config = given[configs[field]]?.Values;
  if (config !== undefined && given.Values !== undefined)
    throw validationError('You cannot specify both Values and a config for a condition');
  const values = config ?? given.Values ?? [];
  if (values.length === 0) throw validationError('A condition value must be specified');
  const long = values.find((value) => value.length > 128);
  if (long !== undefined) throw validationError(`Condition value '${long}' is longer than 128 characters`);
  return { field, values };
};

/** @throws AwsError ValidationError */
export const conditionsOf = (given: readonly RuleCondition[] | undefined): Condition[] => {
  const conditions = (given ?? []).map(conditionOf);
  if (conditions.length === 0) throw validationError('A rule must have at least one condition');
  if (conditions.reduce((sum, { values }) => sum + values.length, 0) > 5)
    throw validationError('A rule can have at most 5 condition values');
  return conditions;
};

const fixedResponseOf = (config: ApiAction['FixedResponseConfig']): FixedResponse => {
  const { StatusCode: statusCode = '', ContentType: contentType, MessageBody: messageBody } = config ?? {};
  if (!/^(2|4|5)\d\d$/.test(statusCode)) throw validationError(`'${statusCode}' is not a valid status code`);
  if (contentType !== undefined && !contentTypes.includes(contentType))
    throw validationError(`'${contentType}' is not a valid content type`);
  if (messageBody !== undefined && messageBody.length > maxBodyLength)
    throw validationError(
      "1 validation error detected: Value at 'actions.1.member.fixedResponseConfig.messageBody' failed to satisfy constraint: Member must have length less than or equal to 1024",
    );
  return {
    statusCode,
    ...(contentType !== undefined && { contentType }),
    ...(messageBody !== undefined && { messageBody }),
  };
};

/** @throws AwsError ValidationError, TargetGroupNotFound */
export const actionsOf = (
  state: ElasticLoadBalancingState,
  given: readonly ApiAction[] | undefined,
): RuleAction[] => {
  if (given?.length !== 1) throw validationError('A rule must have exactly one action');
  return given.map((action) => {
    if (action.Type === 'fixed-response')
      return { type: 'fixed-response', fixedResponse: fixedResponseOf(action.FixedResponseConfig) };
    if (action.Type !== 'forward')
      throw validationError(`Action type '${action.Type ?? ''}' is not modelled`);
    const arn = action.TargetGroupArn ?? action.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn;
    return { type: 'forward', targetGroupArn: requireTargetGroup(state, arn).arn };
  });
};

export const actionOutput = ({ type, targetGroupArn, fixedResponse }: RuleAction): ApiAction => ({
  Type: type,
  ...(targetGroupArn !== undefined && {
    TargetGroupArn: targetGroupArn,
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 1 }] },
  }),
  ...(fixedResponse && {
    FixedResponseConfig: {
      StatusCode: fixedResponse.statusCode,
      ...(fixedResponse.contentType !== undefined && { ContentType: fixedResponse.contentType }),
      ...(fixedResponse.messageBody !== undefined && { MessageBody: fixedResponse.messageBody }),
    },
  }),
});

/** AWS returns host and path conditions in both of their forms. */
const conditionOutput = ({ field, values }: Condition): RuleCondition => ({
  Field: field,
  ...((field === 'host-header' || field === 'path-pattern') && { Values: [...values] }),
  ...(isField(field) && { [configs[field]]: { Values: [...values] } }),
});

export const ruleOutput = (rule: Rule): ApiRule => ({
  RuleArn: rule.arn,
  Priority: rule.priority,
  IsDefault: rule.priority === 'default',
  Conditions: (rule.conditions ?? []).map(conditionOutput),
  Actions: rule.actions.map(actionOutput),
});

/** `*` is any run of characters, `?` exactly one. Hosts ignore case. */
const like = (pattern: string, value: string, ignoreCase: boolean): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    ignoreCase ? 'is' : 's',
  ).test(value);

/** Whether the rule matches the request. @throws Error if a condition is not modelled for requests */
export const isFor = (
  rule: Rule,
  { host, path, method }: { readonly host: string; readonly path: string; readonly method: string },
): boolean =>
  (rule.conditions ?? []).every(({ field, values }) => {
    if (field === 'host-header') return values.some((value) => like(value, host, true));
    if (field === 'path-pattern') return values.some((value) => like(value, path, false));
    if (field === 'http-request-method') return values.includes(method);
    throw new Error(`Requests are not matched by ${field} here.`);
  });

/** The rules in the order in which a listener tries them: by priority, the default rule last. */
export const rulesOf = (state: ElasticLoadBalancingState, listenerArn: string): Rule[] =>
  Object.values(state.rules)
    .filter((rule) => rule.listenerArn === listenerArn)
    .sort((a, b) => numberOf(a) - numberOf(b));

const numberOf = ({ priority }: Rule): number => (priority === 'default' ? Infinity : Number(priority));
