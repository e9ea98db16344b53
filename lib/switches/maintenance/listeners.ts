import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  paginateDescribeRules,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { chunks } from '../../aws/chunks';
import { tags } from '../../aws/tags';
import { type SeenRule, seenRule } from './places';
import { switchTag } from '../base/ownTags';

export interface SeenListener {
  readonly arn: string;
  readonly loadBalancer: string;
  readonly rules: readonly SeenRule[];
}

/** DescribeTags takes 20 resources. */
const maxArns = 20;

/** ARNs of those that carry the tags of this application's switch. */
export const taggedFor = async (
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
  application: string,
  name: string,
): Promise<Set<string>> => {
  const own = new Set<string>();
  for (const ResourceArns of chunks(arns, maxArns)) {
    const { TagDescriptions: found = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn = '', Tags = [] } of found) {
      const has = (key: string, value: string) =>
        Tags.some(({ Key, Value }) => Key === key && Value === value);
      if (has(tags.application, application) && has(switchTag, name)) own.add(ResourceArn);
    }
  }
  return own;
};

export const rulesOf = async (elb: ElasticLoadBalancingV2Client, listener: string): Promise<Rule[]> => {
  const rules: Rule[] = [];
  for await (const page of paginateDescribeRules({ client: elb }, { ListenerArn: listener }))
    rules.push(...(page.Rules ?? []));
  return rules;
};

const numbered = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ RuleArn, IsDefault }) => (RuleArn === undefined || IsDefault === true ? [] : [RuleArn]));

const seeListener = async (
  elb: ElasticLoadBalancingV2Client,
  listener: string,
  loadBalancer: string,
  application: string,
  targetGroups: readonly string[],
): Promise<SeenListener> => {
  const rules = await rulesOf(elb, listener);
  const ours = await taggedFor(elb, numbered(rules), application, 'maintenance');
  return { arn: listener, loadBalancer, rules: rules.map((rule) => seenRule(rule, targetGroups, ours)) };
};

/** The load balancers of some target groups. @returns a problem where one of them is of another kind than we can do. */
export const balancersOf = async (
  elb: ElasticLoadBalancingV2Client,
  targetGroups: readonly string[],
): Promise<{ readonly arns: readonly string[]; readonly problems: readonly string[] }> => {
  if (targetGroups.length === 0) return { arns: [], problems: ['the group has no target groups'] };
  const { TargetGroups: groups = [] } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [...targetGroups] }),
  );
  const arns = [...new Set(groups.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns))];
  if (arns.length === 0) return { arns, problems: ['no load balancer forwards to its target groups'] };
  const { LoadBalancers: balancers = [] } = await elb.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: arns }),
  );
  const problems = balancers
    .filter(({ Type }) => Type !== 'application')
    .map(
      ({ LoadBalancerName: name = '', Type }) =>
        `${name} is a ${Type ?? ''} load balancer, not an application load balancer`,
    );
  return { arns, problems };
};

/** All listeners of these load balancers on which the application has a rule. */
export const listenersOf = async (
  elb: ElasticLoadBalancingV2Client,
  balancers: readonly string[],
  application: string,
  targetGroups: readonly string[],
): Promise<SeenListener[]> => {
  const found = await Promise.all(
    balancers.map(async (balancer) => {
      const { Listeners: listeners = [] } = await elb.send(
        new DescribeListenersCommand({ LoadBalancerArn: balancer }),
      );
      return Promise.all(
        listeners.map(({ ListenerArn: arn = '' }) =>
          seeListener(elb, arn, balancer, application, targetGroups),
        ),
      );
    }),
  );
  return found.flat().filter(({ rules }) => rules.some((rule) => rule.forwardsToApplication));
};
