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

describe('The end of a deployment', () => {
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
      'undone, or changed externally: RolledBack',
      [{ kind, failure }, [effect('undone'), effect('foreign')], undefined],
      'RolledBack',
    ],
    ['something is left: Dirty', [{ kind, failure }, [effect('undone'), effect('left')], undefined], 'Dirty'],
    [
      'the compensation did not reach an effect: Dirty',
      [{ kind, failure }, [effect('done')], undefined],
      'Dirty',
    ],
    [
      'it is unknown whether an effect happened: Dirty',
      [{ kind, failure }, [effect('intended')], undefined],
      'Dirty',
    ],
  ])('The end follows from the record: %s', (_, input, outcome) => {
    expect(endOf(...input).outcome).toBe(outcome);
  });

  test('Dirty lists each effect that is left with its repair command, and what was changed externally apart from it', () => {
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

  test('The failure in the record takes precedence over the one that the machine caught', () => {
    const caught = { ...failure, error: 'States.Timeout' };
    expect(endOf({ kind, failure }, [effect('undone')], caught).error).toBe('ProvisionFailed');
    expect(endOf({ kind }, [effect('undone')], caught).error).toBe('States.Timeout');
  });
});

describe('What a Catch put into the state', () => {
  const cause = JSON.stringify({
    errorType: 'PreflightFailed',
    errorMessage: 'Preflight found 2 problems\n- one zone only\n- agent dead on i-1',
    trace: [],
  });
  test.each([
    ['under $.error', { error: { Error: 'PreflightFailed', Cause: cause } }],
    ['in place of an input that is no object', { Error: 'PreflightFailed', Cause: cause }],
  ])('A failure %s is read with its problems', (_, state) => {
    expect(failureOf(state)).toMatchObject({
      error: 'PreflightFailed',
      problems: ['one zone only', 'agent dead on i-1'],
    });
  });

  test('A time-out has no cause', () => {
    expect(failureOf({ error: { Error: 'States.Timeout', Cause: '' } })).toMatchObject({
      error: 'States.Timeout',
      message: 'The step ended with States.Timeout.',
    });
  });

  test('A cause that is no JSON is shown as it is', () => {
    expect(failureOf({ error: { Error: 'X', Cause: 'out of memory' } })?.problems).toEqual(['out of memory']);
  });

  test('A state without a caught error has no failure', () => {
    expect(failureOf({ deployment: 'x' })).toBeUndefined();
    expect(failureOf(null)).toBeUndefined();
  });
});

test("A cause stays below AWS's limit, however much there is to say", () => {
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
