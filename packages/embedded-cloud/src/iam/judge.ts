import type { Requirement } from '../core/service';
import { conditionsHold } from './condition';
import { matchesPattern } from './pattern';
import { listOf, type OneOrMore, type Statement } from './statement';

export type Verdict =
  | {
      readonly allowed: true;
      /** The statements that allowed it, one for each requirement. */ readonly by: readonly Statement[];
    }
  | {
      readonly allowed: false;
      readonly requirement: Requirement;
      /** The statement that denies; undefined if no statement allows the call. */
      readonly deniedBy: Statement | undefined;
    };

const within = (
  list: OneOrMore | undefined,
  none: OneOrMore | undefined,
  matches: (one: string) => boolean,
) => (list === undefined ? !listOf(none).some(matches) : listOf(list).some(matches));

/** Whether a statement applies to a requirement. Actions ignore case, resources do not. */
export const appliesTo = (statement: Statement, { action, resource, context }: Requirement): boolean =>
  within(statement.Action, statement.NotAction, (one) => matchesPattern(one, action, true)) &&
  within(statement.Resource, statement.NotResource, (one) => matchesPattern(one, resource)) &&
  conditionsHold(statement.Condition, context ?? {});

/**
 * Caches verdicts, since the same few requirements recur. A role's list of statements never changes; a changed role
 * has a new list.
 */
const answered = new WeakMap<readonly Statement[], Map<string, Verdict>>();

const judgeOne = (statements: readonly Statement[], requirement: Requirement): Verdict => {
  const known = answered.get(statements) ?? new Map<string, Verdict>();
  answered.set(statements, known);
  const question = JSON.stringify(requirement);
  const verdict = known.get(question) ?? evaluate(statements, requirement);
  if (known.size < maxAnswers) known.set(question, verdict);
  return verdict;
};

/** Limits the cache: requirements with tags and ids are too many to keep. */
const maxAnswers = 2_000;

const evaluate = (statements: readonly Statement[], requirement: Requirement): Verdict => {
  const applying = statements.filter((statement) => appliesTo(statement, requirement));
  const deniedBy = applying.find(({ Effect }) => Effect === 'Deny');
  const [allowing] = applying;
  if (!deniedBy && allowing) return { allowed: true, by: [allowing] };
  return { allowed: false, requirement, deniedBy };
};

/**
 * Evaluates a call by a role's statements. Each requirement must be allowed by a statement and denied by none (IAM
 * User Guide, "Policy evaluation logic"). The result names the first requirement that is not allowed.
 *
 * @throws Error if a statement uses something that is not modelled
 */
export const evaluateStatements = (
  statements: readonly Statement[],
  requirements: readonly Requirement[],
): Verdict => {
  const by: Statement[] = [];
  for (const requirement of requirements) {
    const verdict = judgeOne(statements, requirement);
    if (!verdict.allowed) return verdict;
    by.push(...verdict.by);
  }
  return { allowed: true, by };
};
