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
      /** The statement that denies; undefined where merely none allows. */
      readonly deniedBy: Statement | undefined;
    };

const within = (
  list: OneOrMore | undefined,
  none: OneOrMore | undefined,
  matches: (one: string) => boolean,
) => (list === undefined ? !listOf(none).some(matches) : listOf(list).some(matches));

/** Whether a statement speaks of a requirement. Actions ignore case, resources do not. */
export const appliesTo = (statement: Statement, { action, resource, context }: Requirement): boolean =>
  within(statement.Action, statement.NotAction, (one) => matchesPattern(one, action, true)) &&
  within(statement.Resource, statement.NotResource, (one) => matchesPattern(one, resource)) &&
  conditionsHold(statement.Condition, context ?? {});

/** The same few questions are asked again and again; a role's statements never change, a changed role has new ones. */
const answered = new WeakMap<readonly Statement[], Map<string, Verdict>>();

const judgeOne = (statements: readonly Statement[], requirement: Requirement): Verdict => {
  const known = answered.get(statements) ?? new Map<string, Verdict>();
  answered.set(statements, known);
  const question = JSON.stringify(requirement);
  const verdict = known.get(question) ?? evaluate(statements, requirement);
  if (known.size < maxAnswers) known.set(question, verdict);
  return verdict;
};

/** Tags and ids in resources make for many questions: not all are worth keeping. */
const maxAnswers = 2_000;

const evaluate = (statements: readonly Statement[], requirement: Requirement): Verdict => {
  const applying = statements.filter((statement) => appliesTo(statement, requirement));
  const deniedBy = applying.find(({ Effect }) => Effect === 'Deny');
  const [allowing] = applying;
  if (!deniedBy && allowing) return { allowed: true, by: [allowing] };
  return { allowed: false, requirement, deniedBy };
};

/**
 * Judges a call by a role's statements: every requirement must be allowed by some statement and denied by none
 * (IAM User Guide, "Policy evaluation logic"). The first that is not is named.
 *
 * @throws Error where a statement uses what is not modelled.
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
