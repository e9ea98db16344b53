import type { Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';

/** A listener's rule, as far as it matters where a maintenance page goes. */
export interface SeenRule {
  readonly arn: string;
  /** Infinity for the default rule: it is tried last. */
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
  /** Forwards, wholly or in part, to a target group of the application. */
  readonly forwardsToApplication: boolean;
  /** Is itself of a maintenance page of this application. */
  readonly ours: boolean;
  /** The page of a fixed response. */
  readonly body?: string;
}

/** A rule to be made. */
export interface PagePlace {
  readonly priority: number;
  readonly conditions: readonly RuleCondition[];
}

/** CreateRule takes 1 to 50,000. */
const greatest = 50_000;
const everything: readonly RuleCondition[] = [
  { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } },
];

const targetsOf = (rule: Rule): (string | undefined)[] =>
  (rule.Actions ?? []).flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((target) => target.TargetGroupArn),
  ]);

/** DescribeRules shows some conditions twice, as values and as a config; CreateRule takes one of the two. */
const creatable = ({ Values, ...condition }: RuleCondition): RuleCondition =>
  Object.keys(condition).length > 1 ? condition : { ...condition, ...(Values && { Values }) };

export const seenRule = (
  rule: Rule,
  targetGroups: readonly string[],
  ours: ReadonlySet<string>,
): SeenRule => ({
  arn: rule.RuleArn ?? '',
  priority: rule.IsDefault === true ? Infinity : Number(rule.Priority),
  conditions: (rule.Conditions ?? []).map(creatable),
  forwardsToApplication: targetsOf(rule).some((arn) => arn !== undefined && targetGroups.includes(arn)),
  ours: ours.has(rule.RuleArn ?? ''),
  ...bodyOf(rule),
});

const bodyOf = ({ Actions = [] }: Rule): Pick<SeenRule, 'body'> => {
  const body = Actions.find(({ FixedResponseConfig }) => FixedResponseConfig)?.FixedResponseConfig
    ?.MessageBody;
  return body === undefined ? {} : { body };
};

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((one) => JSON.stringify(sorted(one))).sort()
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, inner]) => [key, sorted(inner)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1))
      : value;

/** Whether two rules match the same requests; the order of conditions and values does not matter. */
const sameConditions = (a: readonly RuleCondition[], b: readonly RuleCondition[]): boolean =>
  JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/**
 * Where the page's rules go on one listener, so that they take precedence over the application's own rules only. Each rule
 * of the application gets a page rule with its conditions before it, but after the nearest rule of somebody else, which
 * keeps its requests. The default rule gets a page rule for everything, after all rules of others. No rule is moved.
 * A rule that has its page rule already gets none: only what was added since is covered now.
 * @returns nothing to do where the application has no rule on this listener.
 */
export const placesFor = (
  rules: readonly SeenRule[],
): { readonly places: readonly PagePlace[]; readonly problems: readonly string[] } => {
  const used = new Set(rules.map(({ priority }) => priority));
  const theirs = rules.filter((rule) => !rule.forwardsToApplication && !rule.ours);
  const pages = rules.filter(({ ours }) => ours);
  const hasPage = ({ priority, conditions }: SeenRule): boolean =>
    pages.some(
      (page) =>
        page.priority < priority &&
        (sameConditions(page.conditions, everything) ||
          (priority !== Infinity && sameConditions(page.conditions, conditions))),
    );
  const own = rules
    .filter((rule) => rule.forwardsToApplication && !rule.ours && !hasPage(rule))
    .sort((a, b) => b.priority - a.priority);
  const places: PagePlace[] = [];
  const problems: string[] = [];
  // The page rule for everything covers rules of a lower precedence too.
  let covered = Infinity;
  for (const { arn, priority, conditions } of own) {
    if (priority > covered) continue;
    const after = Math.max(0, ...theirs.map((rule) => rule.priority).filter((other) => other < priority));
    const free = firstFree(used, after, Math.min(priority, greatest + 1));
    if (free === undefined) {
      problems.push(noRoom(arn, after, priority));
      continue;
    }
    used.add(free);
    places.push({ priority: free, conditions: priority === Infinity ? everything : conditions });
    if (priority === Infinity) covered = free;
  }
  return { places, problems };
};

const firstFree = (used: ReadonlySet<number>, after: number, before: number): number | undefined => {
  for (let number = after + 1; number < before; number += 1) if (!used.has(number)) return number;
  return undefined;
};

const noRoom = (arn: string, after: number, priority: number): string =>
  `No priority is free between ${String(after)} and ${String(priority)}, where the page's rule has to go. Make room, for example: aws elbv2 set-rule-priorities --rule-priorities RuleArn=${arn},Priority=${String(Math.min(priority, greatest - 1) + 10)}`;
