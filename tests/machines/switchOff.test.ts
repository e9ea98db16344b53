import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Definition, routeOf, statesOf, tasksOf } from './support/definition';

const machine = parse(readFileSync('statemachines/switchOff.yml', 'utf8'), { merge: true }) as Definition;

test('Every error but bad input is tried again for an hour at least', () => {
  expect(tasksOf(machine).map(([name]) => name)).toEqual([
    'ReserveCapacity',
    'CloseAccess',
    'EndMaintenance',
    'EndPrewarm',
  ]);
  for (const [, state] of tasksOf(machine)) {
    for (const error of [
      'States.Timeout',
      'Sandbox.Timedout',
      'Lambda.Unknown',
      'Error',
      'ResourceInUseException',
    ])
      expect(routeOf(state, error).again).toBe(true);
    expect(routeOf(state, 'InvalidRequest').again).toBe(false);
    const [, last] = (state.Retry ?? []) as readonly {
      MaxAttempts: number;
      MaxDelaySeconds?: number;
      IntervalSeconds?: number;
    }[];
    let [seconds, delay] = [0, last?.IntervalSeconds ?? 0];
    for (let attempt = 0; attempt < (last?.MaxAttempts ?? 0); attempt += 1) {
      seconds += delay;
      delay = Math.min(delay * 2, last?.MaxDelaySeconds ?? delay);
    }
    expect(seconds).toBeGreaterThan(3_600);
  }
});

test('A reservation that cannot be had does not keep a warm-up from its end', () => {
  const [, reserve] = tasksOf(machine)[0] ?? [];
  expect(reserve && routeOf(reserve, 'Error').next).toBe('WaitForEnd');
});

test('The machine ends as Ended or NotEnded', () => {
  const ends = statesOf(machine).filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail');
  expect(ends.map(([name]) => name)).toEqual(['Ended', 'NotEnded']);
});
