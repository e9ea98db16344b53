import { causeOf, endOf, failureOf } from '../../../lib/engine/end';
import type { Effect, EffectState } from '../../../lib/engine/effect';

const effect = (state: EffectState, more: Partial<Effect> = {}): Effect => ({
  deployment: 'api-v2-0123456789ab',
  item: 'effect#processes#api-production',
  kind: 'processes',
  target: 'api-production',
  step: 'Suspend',
  before: [],
  wrote: ['Launch'],
  state,
  intendedAt: Date.UTC(2026, 10, 22, 8),
  ...more,
});
const failure = {
  state: 'Provision',
  error: 'ProvisionFailed',
  message: 'Ansible failed on i-1',
  problems: ['Ansible failed on i-1'],
};

const kind = 'deployment' as const;

describe('the end of a deployment follows from its record', () => {
  test.each<[string, Parameters<typeof endOf>, string]>([
    [
      'marked good: Deployed, whatever failed afterwards',
      [{ kind, completedAt: 1, failure }, [effect('done')], failure],
      'Deployed',
    ],
    ['nothing was ever intended: Rejected', [{ kind, failure }, [], undefined], 'Rejected'],
    ['no record at all: Rejected', [undefined, [], failure], 'Rejected'],
    [
      'everything intended never happened: Rejected',
      [{ kind, failure }, [effect('void')], undefined],
      'Rejected',
    ],
    [
      'a newer request came first: Superseded',
      [{ kind, failure: { ...failure, error: 'Superseded' } }, [], undefined],
      'Superseded',
    ],
    [
      'all undone: RolledBack',
      [{ kind, failure }, [effect('undone'), effect('void')], undefined],
      'RolledBack',
    ],
    [
      'undone, or changed by somebody else: RolledBack',
      [{ kind, failure }, [effect('undone'), effect('foreign')], undefined],
      'RolledBack',
    ],
    ['something is left: Dirty', [{ kind, failure }, [effect('undone'), effect('left')], undefined], 'Dirty'],
    ['something was never looked at: Dirty', [{ kind, failure }, [effect('done')], undefined], 'Dirty'],
    [
      'nobody knows whether it happened: Dirty',
      [{ kind, failure }, [effect('intended')], undefined],
      'Dirty',
    ],
  ])('%s', (_, input, outcome) => {
    expect(endOf(...input).outcome).toBe(outcome);
  });

  test('Dirty lists each thing left with the command that mends it, and what was foreign apart from it', () => {
    const end = endOf(
      { kind, failure },
      [
        effect('left', { note: 'MinSize of api is 19, expected 20', mend: 'aws autoscaling ...' }),
        effect('foreign', { target: 'cpu', kind: 'alarm', note: 'Alarm cpu was changed by somebody else' }),
      ],
      undefined,
    );
    expect(end.left).toEqual([
      {
        kind: 'processes',
        target: 'api-production',
        note: 'MinSize of api is 19, expected 20',
        mend: 'aws autoscaling ...',
      },
    ]);
    expect(end.foreign).toEqual([
      { kind: 'alarm', target: 'cpu', note: 'Alarm cpu was changed by somebody else' },
    ]);
  });

  test('what the record says of the failure goes before what the machine caught', () => {
    const caught = { ...failure, error: 'States.Timeout' };
    expect(endOf({ kind, failure }, [effect('undone')], caught).error).toBe('ProvisionFailed');
    expect(endOf({ kind }, [effect('undone')], caught).error).toBe('States.Timeout');
  });
});

describe('what a Catch put into the state', () => {
  const cause = JSON.stringify({
    errorType: 'PreflightFailed',
    errorMessage: 'Preflight found 2 problems\n- one zone only\n- agent dead on i-1',
    trace: [],
  });
  test.each([
    ['under $.error', { error: { Error: 'PreflightFailed', Cause: cause } }],
    ['in place of an input that is no object', { Error: 'PreflightFailed', Cause: cause }],
  ])('%s is read with its problems', (_, state) => {
    expect(failureOf(state)).toMatchObject({
      error: 'PreflightFailed',
      problems: ['one zone only', 'agent dead on i-1'],
    });
  });

  test('a time-out has no cause', () => {
    expect(failureOf({ error: { Error: 'States.Timeout', Cause: '' } })).toMatchObject({
      error: 'States.Timeout',
      message: 'The step ended with States.Timeout.',
    });
  });

  test('a cause that is no JSON is told as it is', () => {
    expect(failureOf({ error: { Error: 'X', Cause: 'out of memory' } })?.problems).toEqual(['out of memory']);
  });

  test('nothing caught is no failure', () => {
    expect(failureOf({ deployment: 'x' })).toBeUndefined();
    expect(failureOf(null)).toBeUndefined();
  });
});

test('a cause stays below what AWS takes, however much there is to tell', () => {
  const long = 'x'.repeat(2_000);
  const left = Array.from({ length: 500 }, (_, index) => ({
    kind: 'alarm',
    target: String(index),
    note: 'n',
  }));
  const end = {
    outcome: 'Dirty' as const,
    error: 'X',
    message: long.repeat(50),
    problems: Array.from({ length: 100 }, () => long),
    left,
    foreign: left,
  };
  const cause = causeOf(end);
  expect(cause.length).toBeLessThan(32_768);
  expect((JSON.parse(cause) as { outcome: string }).outcome).toBe('Dirty');
});
