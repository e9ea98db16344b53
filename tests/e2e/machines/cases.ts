/** Cases of the machines, for the project's own interpreter and for MiniStack alike: stubs instead of functions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Machine, machines } from '../executions';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: { readonly 'Fn::GetAtt': readonly string[] } };
}

export interface Task {
  readonly state: string;
  readonly functionName: string;
  /** Whether the function answers by its task token instead of by its return value. */
  readonly byToken: boolean;
}

/** One run of a machine. */
export interface MachineCase {
  /** Also the execution's name. No other case's name begins with it. */
  readonly name: string;
  readonly machine: Machine;
  readonly title: string;
  /** What each function answers. It has all that any state of the machine selects from it. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The input that decides the machine's path. */
  readonly input?: object;
  /** A function that fails at every try, and the error's name. */
  readonly failing?: { readonly functionName: string; readonly error: string };
}

export const tasksOf = (root: string, machine: Machine): Task[] => {
  const file = join(root, 'statemachines', `${machine === 'switchoff' ? 'switchOff' : machine}.yml`);
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
  ...['Suspend', 'Provision', 'TakeOut', 'BakeImage', 'PutBack', 'LaunchBuilder', 'VerifyImage', 'Rollout'],
  ...['Approval', 'RolloutRest', 'Observe', 'Undo', 'Restore', 'Halt', 'RollBack'],
];
const timeouts = Object.fromEntries(waiting.map((state) => [state, seconds]));

const answerOf = (more: object): Readonly<Record<string, unknown>> => ({
  application: 'api',
  version: 'v2',
  imageFrom: 'fleet',
  approval: false,
  verifyImage: false,
  timeouts,
  outcome: 'RolledBack',
  cause: '{"outcome":"RolledBack"}',
  error: 'None',
  next: 'undo',
  why: 'stopped',
  message: 'done',
  kind: 'deployment',
  input: {},
  waitSeconds: 1,
  complete: false,
  done: 'replaced',
  ...more,
});

/** A time in the past: the switch has been on for long enough. */
const past = '2026-01-01T00:00:00.000Z';

/** Every path that a choice can take without a failure, by the functions' answers or by the input. */
const ways: Readonly<Record<Machine, readonly object[]>> = {
  switchoff: [
    ...['access', 'maintenance', 'none of them'].map((kind) => ({ kind, until: past })),
    { kind: 'prewarm', until: past, reserveAt: past },
  ],
  deploy: [
    { imageFrom: 'fleet', outcome: 'Deployed' },
    { imageFrom: 'fleet', outcome: 'Deployed', approval: true },
    { imageFrom: 'builder', outcome: 'Deployed', verifyImage: true },
    { imageFrom: 'fleet', outcome: 'Deployed', verifyImage: true },
    { imageFrom: 'image', outcome: 'Deployed' },
    ...['Rejected', 'RolledBack', 'Superseded', 'Dirty', 'none of them'].map((outcome) => ({ outcome })),
  ],
  rollback: [
    ...['RolledBack', 'Rejected', 'Dirty', 'none of them'].map((outcome) => ({ outcome })),
    { outcome: 'RolledBack', error: 'AlarmRinging' },
    { complete: true },
  ],
  replace: [
    ...['Replaced', 'Rejected', 'none of them'].map((outcome) => ({ outcome })),
    { outcome: 'Replaced', at: past },
  ],
  mend: ['undo', 'close', 'remove', 'unlock', 'nothing'].flatMap((next) => [
    { next, kind: 'deployment' },
    { next, kind: 'rollback', complete: true, outcome: 'Dirty' },
  ]),
};

/** The paths on which each function fails once. */
const failedOn: Readonly<Record<Machine, readonly object[]>> = {
  deploy: ways.deploy.slice(1, 3),
  rollback: ways.rollback.slice(-1),
  mend: ways.mend.slice(-1),
  switchoff: ways.switchoff,
  replace: ways.replace.slice(0, 1),
};

/** Errors that no Retry matches, since the emulator waits in real time. */
const permanent: Readonly<Record<Machine, string>> = {
  deploy: 'ProvisionFailed',
  rollback: 'ProvisionFailed',
  mend: 'ProvisionFailed',
  switchoff: 'InvalidRequest',
  replace: 'InvalidRequest',
};

/**
 * All cases: each path, and each function failing for good on the first path. Lock also fails with the error that
 * makes it wait.
 */
export const casesOf = (root: string): MachineCase[] => {
  const cases: Omit<MachineCase, 'name'>[] = [];
  for (const machine of machines) {
    for (const way of ways[machine])
      cases.push({ machine, title: JSON.stringify(way), answer: answerOf(way), input: way });
    const functions = [...new Set(tasksOf(root, machine).map(({ functionName }) => functionName))];
    for (const way of failedOn[machine])
      for (const functionName of functions)
        cases.push({
          machine,
          title: `${functionName} fails, ${JSON.stringify(way)}`,
          answer: answerOf({ ...way, outcome: 'RolledBack' }),
          input: way,
          failing: { functionName, error: permanent[machine] },
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

/** The result of one run, without causes that are worded by the platform. */
export interface CameTo {
  readonly status: string;
  readonly path: readonly string[];
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly output: unknown;
}

/** Removes the causes that a catcher wrote into the state: each platform has its own words. */
export const withoutCauses = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutCauses);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'Cause')
      .map(([key, inner]) => [key, withoutCauses(inner)]),
  );
};

export const inputOf = ({ machine, name, input }: MachineCase): object => {
  if (machine === 'mend') return { execution: `arn:aws:states:eu-west-1:1:execution:x:${name}` };
  return {
    application: 'api',
    ...(machine === 'switchoff' && { ...input, switch: name }),
    ...(machine === 'replace' && input),
  };
};
