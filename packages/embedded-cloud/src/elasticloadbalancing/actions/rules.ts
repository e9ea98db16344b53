import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DeleteRuleOutput,
  DescribeTagsInput,
  DescribeTagsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { picked, validationError } from '../errors';
import { onEverything, onResource, taggingAtCreation } from '../requirements';
import { actionsOf, conditionsOf, maxRules, ruleOutput, rulesOf } from '../rules';
import type { ElasticLoadBalancingState, Listener, Rule } from '../state';

const ruleArns = (listenerArn: string): string => listenerArn.replace(':listener/', ':listener-rule/');

const listenersOf = (state: ElasticLoadBalancingState, loadBalancerArn: string): Listener[] =>
  Object.values(state.listeners).filter((listener) => listener.loadBalancerArn === loadBalancerArn);

const requireListener = (state: ElasticLoadBalancingState, arn: string | undefined): Listener => {
  const [listener] = picked(state.listeners, [arn ?? ''], 'ListenerNotFound');
  if (!listener) throw validationError('A listener ARN must be specified');
  return listener;
};

/** @throws AwsError ValidationError, PriorityInUse, TooManyRules */
const checkPlace = (
  state: ElasticLoadBalancingState,
  listener: Listener,
  priority: number | undefined,
): string => {
  if (priority === undefined || !Number.isInteger(priority) || priority < 1 || priority > 50_000)
    throw validationError(`Priority '${String(priority)}' must be between 1 and 50000`);
  if (rulesOf(state, listener.arn).some((rule) => rule.priority === String(priority)))
    throw new AwsError('PriorityInUse', `Priority '${String(priority)}' is currently in use`);
  const count = listenersOf(state, listener.loadBalancerArn).flatMap(({ arn }) =>
    rulesOf(state, arn).filter((rule) => rule.priority !== 'default'),
  ).length;
  if (count >= maxRules)
    throw new AwsError(
      'TooManyRules',
      `The maximum number of rules on the load balancer is ${String(maxRules)}`,
    );
  return String(priority);
};

/** A target group belongs to one load balancer at most. */
const associate = (state: ElasticLoadBalancingState, rule: Rule, loadBalancerArn: string): void => {
  for (const { targetGroupArn = '' } of rule.actions) {
    const group = state.targetGroups[targetGroupArn];
    if (!group || group.loadBalancerArns.includes(loadBalancerArn)) continue;
    if (group.loadBalancerArns.length > 0)
      throw new AwsError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
      );
    group.loadBalancerArns.push(loadBalancerArn);
  }
};

export const createRule: Action<CreateRuleInput, CreateRuleOutput> = {
  requires(input) {
    const listener = input.ListenerArn ?? '*';
    const tagging = taggingAtCreation('CreateRule', `${ruleArns(listener)}/*`, input.Tags);
    const creating = onResource('CreateRule', listener);
    return [{ ...creating, context: { ...creating.context, ...tagging.context } }, ...tagging.requirements];
  },
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const listener = requireListener(state, input.ListenerArn);
    const rule: Rule = {
      arn: `${ruleArns(listener.arn)}/${region.newId('x').slice(2)}`,
      listenerArn: listener.arn,
      conditions: conditionsOf(input.Conditions),
      actions: actionsOf(state, input.Actions),
      priority: checkPlace(state, listener, input.Priority),
      tags: Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    };
    associate(state, rule, listener.loadBalancerArn);
    state.rules[rule.arn] = rule;
    return { Rules: [ruleOutput(rule)] };
  },
};

/** Separates the rule's target groups from the load balancer, unless another rule forwards to them. */
const release = (region: Region, gone: Rule): void => {
  const { state } = region.service('elasticloadbalancing');
  const balancer = state.listeners[gone.listenerArn]?.loadBalancerArn ?? '';
  const used = listenersOf(state, balancer)
    .flatMap(({ arn }) => rulesOf(state, arn))
    .flatMap(({ actions }) => actions.map(({ targetGroupArn }) => targetGroupArn));
  for (const { targetGroupArn = '' } of gone.actions) {
    const group = state.targetGroups[targetGroupArn];
    if (group && !used.includes(targetGroupArn))
      group.loadBalancerArns = group.loadBalancerArns.filter((arn) => arn !== balancer);
  }
};

export const deleteRule: Action<DeleteRuleInput, DeleteRuleOutput> = {
  requires(input, region) {
    const arn = input.RuleArn ?? '*';
    return [onResource('DeleteRule', arn, region.service('elasticloadbalancing').state.rules[arn]?.tags)];
  },
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const [rule] = picked(state.rules, [input.RuleArn ?? ''], 'RuleNotFound');
    if (!rule) return {};
    if (rule.priority === 'default')
      throw new AwsError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`);
    state.rules = Object.fromEntries(Object.entries(state.rules).filter(([arn]) => arn !== rule.arn));
    release(region, rule);
    return {};
  },
};

const tagsOf = (state: ElasticLoadBalancingState, arn: string): Readonly<Record<string, string>> => {
  if (arn.includes(':listener-rule/')) return picked(state.rules, [arn], 'RuleNotFound')[0]?.tags ?? {};
  if (arn.includes(':targetgroup/'))
    return picked(state.targetGroups, [arn], 'TargetGroupNotFound')[0]?.tags ?? {};
  if (arn.includes(':listener/')) return picked(state.listeners, [arn], 'ListenerNotFound') && {};
  return picked(state.loadBalancers, [arn], 'LoadBalancerNotFound')[0]?.tags ?? {};
};

/** At most 20 resources a call. */
export const describeTags: Action<DescribeTagsInput, DescribeTagsOutput> = {
  requires: onEverything('DescribeTags'),
  run(input, region) {
    const { state } = region.service('elasticloadbalancing');
    const arns = input.ResourceArns ?? [];
    if (arns.length > 20) throw validationError('No more than 20 resources can be described at once');
    return {
      TagDescriptions: arns.map((ResourceArn) => ({
        ResourceArn,
        Tags: Object.entries(tagsOf(state, ResourceArn)).map(([Key, Value]) => ({ Key, Value })),
      })),
    };
  },
};
