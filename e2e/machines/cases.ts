/** What the machines are run with, on the local interpreter and on MiniStack alike: stubs instead of functions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Machine } from '../executions';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: { readonly 'Fn::GetAtt': readonly string[] } };
}

export interface Task {
  readonly state: string;
  readonly functionName: string;
  /** Answers by its token rather than by what it returns. */
  readonly byToken: boolean;
}

/** One run of a machine. */
export interface MachineCase {
  /** The execution's name, too; no other's begins with it. */
  readonly name: string;
  readonly machine: Machine;
  readonly title: string;
  /** What each function answers: it has all that any state of the machine selects from it. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** A function that fails at every try, and the error's name. */
  readonly failing?: { readonly functionName: string; readonly error: string };
}

export const tasksOf = (root: string, machine: Machine): Task[] => {
  const file = join(root, 'statemachines', `${machine}.yml`);
  const { States } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    States: Readonly<Record<string, State>>;
  };
  return Object.entries(States).flatMap(([state, { Type, Resource = '', Parameters }]) => {
    const id = Parameters?.FunctionName?.['Fn::GetAtt'][0];
    if (Type !== 'Task' || id === undefined) return [];
    const functionName = id.replace(/LambdaFunction$/, '');
    return [{ state, functionName, byToken: Resource.endsWith('.waitForTaskToken') }];
  });
};

const seconds = 600;
const waiting = [
  ...['Suspend', 'Provision', 'TakeOut', 'BakeImage', 'PutBack', 'LaunchBuilder', 'Rollout', 'Approval'],
  ...['RolloutRest', 'Observe', 'Undo', 'Restore', 'Halt', 'RollBack'],
];
const timeouts = Object.fromEntries(waiting.map((state) => [state, seconds]));

const answerOf = (more: object): Readonly<Record<string, unknown>> => ({
  application: 'api',
  version: 'v2',
  imageFrom: 'fleet',
  approval: false,
  timeouts,
  outcome: 'RolledBack',
  cause: '{"outcome":"RolledBack"}',
  error: 'None',
  next: 'undo',
  why: 'stopped',
  kind: 'deployment',
  input: {},
  waitSeconds: 1,
  complete: false,
  ...more,
});

/** Every way that a choice can lead, without a failure. */
const ways: Readonly<Record<Machine, readonly object[]>> = {
  deploy: [
    { imageFrom: 'fleet', outcome: 'Deployed' },
    { imageFrom: 'fleet', outcome: 'Deployed', approval: true },
    { imageFrom: 'builder', outcome: 'Deployed' },
    { imageFrom: 'image', outcome: 'Deployed' },
    ...['Rejected', 'RolledBack', 'Superseded', 'Dirty', 'none of them'].map((outcome) => ({ outcome })),
  ],
  rollback: [
    ...['RolledBack', 'Rejected', 'Dirty', 'none of them'].map((outcome) => ({ outcome })),
    { outcome: 'RolledBack', error: 'AlarmRinging' },
    { complete: true },
  ],
  mend: ['undo', 'close', 'remove', 'unlock', 'nothing'].flatMap((next) => [
    { next, kind: 'deployment' },
    { next, kind: 'rollback', complete: true, outcome: 'Dirty' },
  ]),
};

/** All cases: each way, and each function failing for good on the first way; Lock also by the name that makes it wait. */
export const casesOf = (root: string): MachineCase[] => {
  const cases: Omit<MachineCase, 'name'>[] = [];
  for (const machine of ['deploy', 'rollback', 'mend'] as const) {
    for (const way of ways[machine])
      cases.push({ machine, title: JSON.stringify(way), answer: answerOf(way) });
    const functions = [...new Set(tasksOf(root, machine).map(({ functionName }) => functionName))];
    for (const way of machine === 'deploy' ? ways.deploy.slice(1, 3) : ways[machine].slice(-1))
      for (const functionName of functions)
        cases.push({
          machine,
          title: `${functionName} fails, ${JSON.stringify(way)}`,
          answer: answerOf({ ...way, outcome: 'RolledBack' }),
          failing: { functionName, error: 'ProvisionFailed' },
        });
  }
  const waits = {
    machine: 'deploy',
    title: 'Lock has to wait',
    answer: answerOf({ outcome: 'Deployed' }),
  } as const;
  cases.push({ ...waits, failing: { functionName: 'Lock', error: 'MustWait' } });
  return cases.map((one, index) => ({
    ...one,
    name: `case-${String(index).padStart(3, '0')}`,
  }));
};

/** What one run came to; a cause that a platform words itself is left out. */
export interface CameTo {
  readonly status: string;
  readonly path: readonly string[];
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly output: unknown;
}

/** The causes that a catcher wrote into the state are the platform's own words. */
export const withoutCauses = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutCauses);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'Cause')
      .map(([key, inner]) => [key, withoutCauses(inner)]),
  );
};

export const inputOf = ({ machine, name }: MachineCase): object =>
  machine === 'mend'
    ? { execution: `arn:aws:states:eu-west-1:1:execution:x:${name}` }
    : { application: 'api' };
