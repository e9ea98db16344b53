import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { State } from './definition';

interface Shipped {
  readonly States: Readonly<
    Record<
      string,
      State & {
        readonly Resource?: string;
        readonly Parameters?: { readonly FunctionName?: { readonly 'Fn::GetAtt': readonly string[] } };
      }
    >
  >;
}

export type MachineName = 'deploy' | 'rollback' | 'mend';

const read = (machine: MachineName) => {
  const { States } = parse(readFileSync(`statemachines/${machine}.yml`, 'utf8'), { merge: true }) as Shipped;
  const passed = Object.entries(States).filter(([, { Type }]) => !['Succeed', 'Fail'].includes(Type));
  const tasks = passed.filter(([, { Type }]) => Type === 'Task');
  return {
    passed: passed.map(([name]) => name),
    tasks: tasks.map(([name]) => name),
    /** States that wait until their token is answered. */
    waiting: tasks
      .filter(([, { Resource = '' }]) => Resource.endsWith('.waitForTaskToken'))
      .map(([name]) => name),
    /** The function of each task, by its own name. */
    functions: Object.fromEntries(
      tasks.map(([name, { Parameters }]) => [
        name,
        (Parameters?.FunctionName?.['Fn::GetAtt'][0] ?? '').replace(/LambdaFunction$/, ''),
      ]),
    ),
  };
};

const known = new Map<MachineName, ReturnType<typeof read>>();
/** A machine's states as shipped: all that an execution passes, and its tasks with their functions. */
export const statesOf = (machine: MachineName): ReturnType<typeof read> => {
  const states = known.get(machine) ?? read(machine);
  known.set(machine, states);
  return states;
};
