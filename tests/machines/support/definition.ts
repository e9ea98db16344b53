import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly JitterStrategy?: string;
    readonly MaxAttempts: number;
  }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
}

/** The deploy machine as it is shipped. */
export const definition = parse(readFileSync('statemachines/deploy.yml', 'utf8'), { merge: true }) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

export const states = Object.entries(definition.States);
export const tasks = states.filter(([, { Type }]) => Type === 'Task');
/** Before these nothing was touched. */
export const untouching = ['Accept', 'Lock', 'Preflight'];
export const compensation = ['Undo', 'Restore', 'CleanUp', 'Close', 'Unlock'];
/** The states between a touched fleet and its compensation. */
export const touching = tasks
  .map(([name]) => name)
  .filter((name) => ![...untouching, ...compensation].includes(name));
