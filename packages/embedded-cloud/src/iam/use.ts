import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../core/service';
import type { Verdict } from './judge';
import type { Statement } from './statement';

/** One line of the record: an allowed action with the subject of the statement that allowed it, or a refused action. */
export type PolicyUse =
  | { readonly role: string; readonly action: string; readonly by: string }
  | {
      readonly role: string;
      readonly action: string;
      readonly refused: string;
      /** All statements of the role. They differ from the template's if a test removed a permission. */
      readonly statements: readonly string[];
    };

export interface RoleUsed {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Records the verdict on a call. */
export type UseRecorder = (role: RoleUsed, requirements: readonly Requirement[], verdict: Verdict) => void;

/** A stack has the same roles in each region, so names and statements are compared without the region. */
export const regionless = (text: string): string => text.replace(/\b[a-z]{2}(?:-[a-z]+)+-\d\b/g, 'REGION');

/** A statement's whole content, which identifies it wherever it is in the policy. */
export const contentOf = (statement: Statement): string => regionless(JSON.stringify(statement));

/** A statement without its actions. Together with an action it is one permission. */
export const subjectOf = ({ Resource, NotResource, Condition }: Statement): string =>
  regionless(JSON.stringify({ Resource, NotResource, Condition }));

/**
 * Writes to a folder which statement of a role allowed which action, and what was refused. Each case is one line.
 * Each process has its own file, so that tests may run in parallel.
 */
export const policyUseRecorder = (folder: string): UseRecorder => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${String(process.pid)}.jsonl`);
  const allowed = new WeakMap<Statement, Set<string>>();
  const written = new Set<string>();
  const refused = new Set<string>();
  const write = (use: PolicyUse): void => {
    const line = `${JSON.stringify(use)}\n`;
    if (written.has(line)) return;
    written.add(line);
    appendFileSync(file, line);
  };
  const noteUse = ({ name }: RoleUsed, { action }: Requirement, statement: Statement): void => {
    const actions = allowed.get(statement) ?? new Set<string>();
    allowed.set(statement, actions);
    if (actions.has(action)) return;
    actions.add(action);
    write({ role: regionless(name), action, by: subjectOf(statement) });
  };
  const noteRefusal = ({ name, statements }: RoleUsed, { action, resource }: Requirement): void => {
    const key = `${name} ${action} ${resource}`;
    if (refused.has(key)) return;
    refused.add(key);
    write({
      role: regionless(name),
      action,
      refused: regionless(resource),
      statements: statements.map(contentOf),
    });
  };
  return (role, requirements, verdict) => {
    if (!verdict.allowed) {
      noteRefusal(role, verdict.requirement);
      return;
    }
    for (const [index, statement] of verdict.by.entries()) {
      const requirement = requirements[index];
      if (requirement) noteUse(role, requirement, statement);
    }
  };
};
