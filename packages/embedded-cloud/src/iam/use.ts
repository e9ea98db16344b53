import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../core/service';
import type { Verdict } from './judge';
import type { Statement } from './statement';

/** One line of the record: what a statement is about that allowed an action, or an action that a role did not allow. */
export type PolicyUse =
  | { readonly role: string; readonly action: string; readonly by: string }
  | {
      readonly role: string;
      readonly action: string;
      readonly refused: string;
      /** All statements of the role: one that a test took a permission from is not the template's. */
      readonly statements: readonly string[];
    };

export interface RoleUsed {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Takes note of how a call was judged. */
export type UseRecorder = (role: RoleUsed, requirements: readonly Requirement[], verdict: Verdict) => void;

/** One stack has the same roles in each region: names and statements are compared without their region. */
export const regionless = (text: string): string => text.replace(/\b[a-z]{2}(?:-[a-z]+)+-\d\b/g, 'REGION');

/** A statement's whole content: its place in the policy says nothing of what it allows. */
export const contentOf = (statement: Statement): string => regionless(JSON.stringify(statement));

/** What a statement is about, whatever its actions: together with an action, one permission. */
export const subjectOf = ({ Resource, NotResource, Condition }: Statement): string =>
  regionless(JSON.stringify({ Resource, NotResource, Condition }));

/**
 * Writes into a folder which statement of a role allowed which action, and what was refused: one line a case, one file a
 * process, so that tests may run side by side.
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
