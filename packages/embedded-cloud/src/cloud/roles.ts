import { evaluateStatements } from '../iam/judge';
import { statementsOf, type Statement } from '../iam/statement';
import type { Role, Roles } from '../iam/roles';
import type { UseRecorder } from '../iam/use';
import type { Judge } from './calls';

/**
 * Judges a call by the caller's role. A function whose role the template does not define may do nothing. A changed role
 * is a new object, so that each role needs to be read only once.
 * @param note called with each verdict
 */
export const judgeBy = (roles: () => Roles, note?: UseRecorder): Judge => {
  const read = new WeakMap<Role, readonly Statement[]>();
  const statements = (role: Role | undefined): readonly Statement[] => {
    if (!role) return [];
    const known = read.get(role) ?? statementsOf(role.policies);
    read.set(role, known);
    return known;
  };
  return (caller, requirements) => {
    const role = roles()[caller.arn];
    const held = statements(role);
    const verdict = evaluateStatements(held, requirements);
    note?.({ name: role?.name ?? caller.arn, statements: held }, requirements, verdict);
    return verdict.allowed
      ? undefined
      : { ...verdict.requirement, explicitly: verdict.deniedBy !== undefined };
  };
};
