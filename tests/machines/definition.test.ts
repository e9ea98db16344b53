import * as errors from '../../lib/deployment/errors';
import { compensation, definition, type State, states, tasks, touching } from './support/definition';

/** Names that Step Functions and Lambda give; Step Functions developer guide, "Handling errors". */
const givenByAws = new Set([
  'States.ALL',
  'States.Timeout',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
]);
const ownErrors = Object.values(errors).map((ErrorClass) => new ErrorClass('x').name);

test('every ErrorEquals names an error that AWS gives or that the code throws', () => {
  const matched = tasks
    .flatMap(([, { Retry = [], Catch = [] }]) => [...Retry, ...Catch])
    .flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(matched.filter((name) => !givenByAws.has(name) && !ownErrors.includes(name as never))).toEqual([]);
});

test('every error of the code is caught: each task has a Catch for all, and only passing trouble is tried again', () => {
  for (const [name, { Catch = [] }] of tasks)
    expect([name, Catch.at(-1)?.ErrorEquals]).toEqual([name, ['States.ALL']]);
  const forward = tasks.filter(([name]) => !compensation.includes(name));
  for (const [name, { Retry = [] }] of forward)
    expect([
      name,
      Retry.flatMap(({ ErrorEquals }) => ErrorEquals).filter((error) => ownErrors.includes(error as never)),
    ]).toEqual([name, ['TransientError']]);
});

test('the names of errors are written out, so that a bundler cannot shorten them', () => {
  for (const [exported, ErrorClass] of Object.entries(errors))
    expect(new ErrorClass('x').name).toBe(exported);
});

test('each task has a deadline, and its tries are spread by jitter', () => {
  for (const [name, { TimeoutSeconds, TimeoutSecondsPath, Retry = [] }] of tasks) {
    expect([name, TimeoutSeconds ?? TimeoutSecondsPath]).not.toEqual([name, undefined]);
    for (const retry of Retry.filter(({ MaxAttempts }) => MaxAttempts > 0))
      expect([name, retry.JitterStrategy]).toEqual([name, 'FULL']);
    expect(Retry.length).toBeGreaterThan(0);
  }
});

const following = ({ Next, Default, Choices = [], Catch = [] }: State): string[] =>
  [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((caught) => caught.Next)].filter(
    (name) => name !== undefined,
  );

test('every state can be reached, and no state leads back: nothing loops', () => {
  const reached = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    expect(path).not.toContain(name);
    reached.add(name);
    const state = definition.States[name];
    expect(state).toBeDefined();
    for (const next of following(state as State)) visit(next, [...path, name]);
  };
  visit(definition.StartAt, []);
  expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
});

test('there are five ends and no other, and all but Deployed are failures that bear their name', () => {
  const ends = states.filter(([, state]) => following(state).length === 0);
  expect(ends.map(([name, { Type }]) => [name, Type]).sort()).toEqual([
    ['Deployed', 'Succeed'],
    ['Dirty', 'Fail'],
    ['Rejected', 'Fail'],
    ['RolledBack', 'Fail'],
    ['Superseded', 'Fail'],
  ]);
});

test('whatever fails after something was touched is compensated before the end', () => {
  for (const name of touching)
    expect([name, definition.States[name]?.Catch?.map(({ Next }) => Next)]).toEqual([name, ['Undo']]);
});

test('compensation waits for its deadline once: a time-out of hours is not waited for again', () => {
  for (const [name, { Retry = [], TimeoutSecondsPath: path }] of tasks)
    if (path !== undefined && compensation.includes(name))
      expect([
        name,
        Retry.find(({ ErrorEquals }) =>
          ErrorEquals.some((error) => error === 'States.Timeout' || error === 'States.ALL'),
        ),
      ]).toEqual([name, { ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }]);
});
