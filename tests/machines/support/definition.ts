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
  readonly Error?: string;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A machine as it is shipped, by the name of its file. */
export const read = (machine: string): Definition =>
  parse(readFileSync(`statemachines/${machine}.yml`, 'utf8'), { merge: true }) as Definition;

/** The shipped deploy machine. */
export const definition = read('deploy');
/** All shipped machines. */
export const machines = { deploy: definition, rollback: read('rollback'), mend: read('mend') } as const;
export type MachineName = keyof typeof machines;
export const machineNames = Object.keys(machines) as MachineName[];

export const statesOf = (machine: Definition): [string, State][] => Object.entries(machine.States);
export const tasksOf = (machine: Definition): [string, State][] =>
  statesOf(machine).filter(([, { Type }]) => Type === 'Task');

export const states = statesOf(definition);
export const tasks = tasksOf(definition);
/** Before these states end, nothing was touched. */
export const untouching = [
  ...['Accept', 'Lock', 'Queue', 'Preflight', 'Settle'],
  ...['AcceptRollback', 'PreflightRollback'],
];
export const compensation = ['Undo', 'Restore', 'CompleteRestored', 'CleanUp', 'Close', 'Unlock'];
/** States of Mend that find out what to repair. If they fail, the sweep starts another Mend. */
export const fencing = ['RaiseFence', 'LookAgain'];

/** The states between a touched fleet and its compensation. */
export const touchingOf = (machine: Definition): string[] =>
  tasksOf(machine)
    .map(([name]) => name)
    .filter((name) => ![...untouching, ...compensation, ...fencing].includes(name));
export const touching = touchingOf(definition);

/** Whether a state retries an error of that name, and its next state when the tries are used up. */
export const routeOf = (
  { Retry = [], Catch = [] }: State,
  error: string,
): { readonly again: boolean; readonly next: string | undefined } => {
  const matches = ({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }) =>
    ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL');
  return { again: (Retry.find(matches)?.MaxAttempts ?? 0) > 0, next: Catch.find(matches)?.Next };
};
