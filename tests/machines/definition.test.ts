import { readdirSync } from 'node:fs';
import { endOf } from '../../lib/engine/end';
import type { Outcome } from '../../lib/engine/outcome';
import * as errors from '../../lib/engine/errors';
import { passingErrors } from '../../lib/engine/passing';
import {
  compensation,
  fencing,
  machineNames,
  machines,
  read,
  routeOf,
  type State,
  statesOf,
  tasksOf,
  touchingOf,
  untouching,
} from './support/definition';

/** Error names of Step Functions and Lambda: Step Functions developer guide, "Handling errors". */
const givenByAws = new Set([
  'States.ALL',
  'States.Timeout',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
]);
const ownErrors = Object.values(errors).map((ErrorClass) => new ErrorClass('x').name);
const all = machineNames.flatMap((machine) =>
  tasksOf(machines[machine]).map(([name, state]): [string, string, State] => [machine, name, state]),
);

interface Way {
  /** Whether the work is retried after the error, and whether the compensation is. */
  readonly work: 'again' | 'at once';
  readonly compensation: 'again' | 'at once';
  /** How a deployment that touched nothing ends with the error. */
  readonly untouched: Outcome;
  /** Transitions, by state, for which the error is no failure. */
  readonly leads?: Readonly<Record<string, string>>;
}
const final: Way = { work: 'at once', compensation: 'again', untouched: 'Rejected' };
/** A retry of the compensation would not change anything either. */
const hopeless: Way = { ...final, compensation: 'at once' };

/** The intended way of each error in the code. A new error needs an entry here. */
const ways: Readonly<Record<keyof typeof errors, Way>> = {
  TransientError: { ...final, work: 'again' },
  InvalidRequest: final,
  Superseded: { ...final, untouched: 'Superseded' },
  DeploymentInProgress: final,
  MustWait: { ...final, leads: { Lock: 'Queue' } },
  FleetMoving: { ...final, leads: { Preflight: 'Settle' } },
  PreflightFailed: final,
  NoRelease: final,
  NoGoodRelease: final,
  UnknownVersion: final,
  AlreadyRolledBack: final,
  ImageGone: final,
  LaunchTemplateVersionGone: final,
  AwaitingPerson: final,
  AlarmOutdated: final,
  NotApproved: final,
  Halted: final,
  LockLost: hopeless,
  DeploymentClosed: hopeless,
  FleetUnsettled: final,
  ProvisionFailed: final,
  InstanceUnhealthy: final,
  ImageFailed: final,
  ImageNotVerified: final,
  BuilderFailed: final,
  RolloutFailed: final,
  GroupChangedExternally: final,
  AlarmRinging: final,
  RestoreFailed: hopeless,
  UnknownFormat: hopeless,
};

test('Every error of the code has an intended way through the machines', () => {
  expect(Object.keys(ways).sort()).toEqual([...ownErrors].sort());
});

test.each(Object.entries(ways))('%s takes its intended way in every state', (error, way) => {
  for (const [machine, name, state] of all.filter(([, task]) => !fencing.includes(task))) {
    const meant = compensation.includes(name) ? way.compensation : way.work;
    const { again, next } = routeOf(state, error);
    expect([machine, name, again ? 'again' : 'at once']).toEqual([machine, name, meant]);
    const forward = machine === 'rollback' ? forwardOnly[name] : undefined;
    expect([machine, name, next]).toEqual([
      machine,
      name,
      way.leads?.[name] ?? forward ?? afterwards[name] ?? 'Undo',
    ]);
  }
  const failure = { state: 'Accept', error, message: '', problems: [] };
  expect(endOf({ kind: 'deployment', failure }, [], undefined).outcome).toBe(way.untouched);
});

/** The next state after one that fails for good. Any other state leads to Undo, the first of the compensation. */
const afterwards: Readonly<Record<string, string>> = {
  ...Object.fromEntries(untouching.map((name) => [name, 'Close'])),
  Undo: 'Restore',
  Restore: 'CleanUp',
  CompleteRestored: 'CleanUp',
  CleanUp: 'Close',
  Close: 'NotClosed',
  Unlock: 'Outcome',
};

/** When these states of the rollback machine begin, the fleet has gone back already: what fails there is a warning. */
const forwardOnly: Readonly<Record<string, string>> = { SetScaling: 'CompleteRollback' };

test('Every ErrorEquals names an error that AWS or the code throws', () => {
  const matched = all
    .flatMap(([, , { Retry = [], Catch = [] }]) => [...Retry, ...Catch])
    .flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(matched.filter((name) => !givenByAws.has(name) && !ownErrors.includes(name as never))).toEqual([]);
});

test("Every state retries AWS's errors, except a deadline that has passed", () => {
  const passing = [...givenByAws].filter(
    (name) => name.startsWith('Lambda.') || /^(Sandbox|Runtime)/.test(name),
  );
  for (const [machine, name, state] of all)
    for (const error of passing)
      expect([machine, name, error, routeOf(state, error).again]).toEqual([machine, name, error, true]);
});

/**
 * Errors that say that Lambda or the network was in the way, and not the step: Step Functions developer guide, "Handle
 * transient Lambda service exceptions", and what Lambda answers to too many calls.
 */
const transient = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
];

const shipped = readdirSync('statemachines').map((file): [string, [string, State][]] => [
  file,
  tasksOf(read(file.replace(/\.yml$/, ''))),
]);

test.each(shipped)('every task of %s tries again after each transient error of Lambda', (_, tasks) => {
  expect(tasks.length).toBeGreaterThan(0);
  for (const [name, state] of tasks)
    for (const error of transient)
      expect([name, error, routeOf(state, error).again]).toEqual([name, error, true]);
});

test.each(shipped)('a Retry of %s that names one transient error of Lambda names all', (_, tasks) => {
  for (const [name, { Retry = [] }] of tasks)
    for (const { ErrorEquals } of Retry.filter((retry) =>
      retry.ErrorEquals.some((error) => transient.includes(error)),
    ))
      expect([name, ErrorEquals]).toEqual([name, expect.arrayContaining(transient)]);
});

/** With full jitter, a try comes after half of its longest delay on average. */
const minutesTried = (state: State, error: string): number => {
  const found = (state.Retry ?? []).find(
    ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'),
  ) as { MaxAttempts: number; IntervalSeconds?: number; MaxDelaySeconds?: number } | undefined;
  let [seconds, delay] = [0, found?.IntervalSeconds ?? 0];
  for (let attempt = 0; attempt < (found?.MaxAttempts ?? 0); attempt += 1) {
    seconds += delay / 2;
    delay = Math.min(delay * 2, found?.MaxDelaySeconds ?? delay);
  }
  return seconds / 60;
};

test.each([
  ['deploy', 100],
  ['rollback', 200],
  ['mend', 200],
  ['replace', 100],
])(
  'Every task of %s goes on trying what AWS throttles or does not answer for %i minutes',
  (machine, minutes) => {
    for (const [name, state] of tasksOf(read(machine)))
      for (const error of passingErrors)
        expect([name, error, minutesTried(state, error) >= minutes]).toEqual([name, error, true]);
  },
);

test('If Mend cannot find out what there is to do, it fails, and the sweep starts another', () => {
  for (const [, name, state] of all.filter(([, task]) => fencing.includes(task)))
    expect([name, state.Catch ?? [], routeOf(state, 'TransientError').again]).toEqual([name, [], true]);
});

test('The names of errors are written out, so that a bundler cannot shorten them', () => {
  for (const [exported, ErrorClass] of Object.entries(errors))
    expect(new ErrorClass('x').name).toBe(exported);
});

test('Each task has a deadline, and its tries are spread by jitter', () => {
  for (const [machine, name, { TimeoutSeconds, TimeoutSecondsPath, Retry = [] }] of all) {
    expect([machine, name, TimeoutSeconds ?? TimeoutSecondsPath]).not.toEqual([machine, name, undefined]);
    for (const retry of Retry.filter(({ MaxAttempts }) => MaxAttempts > 0))
      expect([machine, name, retry.JitterStrategy]).toEqual([machine, name, 'FULL']);
    expect(Retry.length).toBeGreaterThan(0);
  }
});

const following = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((caught) => caught.Next)].filter(
    (name) => name !== undefined,
  );

test.each(machineNames)(
  'Every state of %s can be reached, and no state leads back: there are no loops',
  (machine) => {
    const { StartAt, States } = machines[machine];
    const reached = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      expect(path).not.toContain(name);
      // The states after it have been visited already: if one led back to it, it would have been on their path.
      if (reached.has(name)) return;
      const state = States[name];
      expect(state).toBeDefined();
      for (const next of following(state as State)) visit(next, [...path, name]);
      reached.add(name);
    };
    visit(StartAt, []);
    expect([...reached].sort()).toEqual(Object.keys(States).sort());
  },
);

test.each([
  ['deploy', ['Deployed Succeed', 'Dirty Fail', 'Rejected Fail', 'RolledBack Fail', 'Superseded Fail']],
  ['rollback', ['Dirty Fail', 'Rejected Fail', 'Restored Fail RolledBack', 'RolledBack Succeed']],
  ['mend', ['Dirty Fail', 'Mended Succeed', 'Nothing Succeed']],
] as const)('%s has these ends and no other: %j; a failure has the name of its outcome', (machine, meant) => {
  const ends = statesOf(machines[machine])
    .filter(([, state]) => following(state).length === 0)
    .map(([name, { Type, Error: error }]) =>
      [name, Type, error === undefined || error === name ? '' : error].join(' ').trim(),
    );
  expect(ends.sort()).toEqual([...meant]);
});

test.each(['deploy', 'rollback'] as const)(
  '%s compensates every failure after something was touched and before the fleet has gone back, before it ends',
  (machine) => {
    const isForward = (name: string) => machine === 'rollback' && name in forwardOnly;
    const touching = touchingOf(machines[machine]).filter((name) => !isForward(name));
    expect(touching.length).toBeGreaterThan(2);
    for (const name of touching)
      expect([name, machines[machine].States[name]?.Catch?.map(({ Next }) => Next)]).toEqual([
        name,
        ['Undo'],
      ]);
  },
);

test('The compensation waits for its deadline once: a time-out of hours is not waited for again', () => {
  for (const [machine, name, state] of all)
    if (state.TimeoutSecondsPath !== undefined && compensation.includes(name))
      expect([machine, name, routeOf(state, 'States.Timeout').again]).toEqual([machine, name, false]);
});
