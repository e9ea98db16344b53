import type { Requirement } from '../core/service';
import { appliesTo } from './judge';
import { listOf, type Statement } from './statement';

const isFor = (statement: Statement, principal: { kind: 'Service' | 'AWS'; value: string }): boolean => {
  const { Principal: named } = statement;
  if (named === undefined) return false;
  if (named === '*') return true;
  const values = listOf(named[principal.kind]);
  return values.includes('*') || values.includes(principal.value);
};

/**
 * Whether a resource's policy allows an AWS service an action. For example, `events.amazonaws.com` may send to a
 * queue that is a rule's target.
 */
export const serviceIsAllowed = (
  statements: readonly Statement[],
  servicePrincipal: string,
  requirement: Requirement,
): boolean => {
  const applying = statements.filter(
    (statement) =>
      isFor(statement, { kind: 'Service', value: servicePrincipal }) && appliesTo(statement, requirement),
  );
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
};
