import { judgeCommand, mayHaveBegun, toleratedErrors } from '../../../lib/provisioning/judgeCommand';
import { lastLines } from '../../../lib/provisioning/output';

const none = new Set<string>();
const invocation = (id: string, status: string, details = status) => ({ id, status, details });

describe('Judging a command by the instances that it was meant for', () => {
  test('A success counts as one', () => {
    expect(judgeCommand(['i-1'], [invocation('i-1', 'Success')], none)).toEqual({
      succeeded: ['i-1'],
      gone: [],
      failed: [],
      missed: [],
    });
  });

  test.each([
    ['Failed', 'Failed', true],
    ['TimedOut', 'ExecutionTimedOut', true],
    ['TimedOut', 'DeliveryTimedOut', false],
    ['Failed', 'Undeliverable', false],
    ['Cancelled', 'Terminated', false],
  ])('The end %s (%s) of an instance in service counts as failed', (status, details, begun) => {
    const { failed, succeeded } = judgeCommand(['i-1'], [invocation('i-1', status, details)], none);
    expect(succeeded).toEqual([]);
    expect(failed).toMatchObject([{ id: 'i-1', begun }]);
  });

  test.each(['Failed', 'Success', 'TimedOut'])(
    'An instance that is gone does not count, however it ended (%s)',
    (status) => {
      expect(judgeCommand(['i-1'], [invocation('i-1', status)], new Set(['i-1']))).toEqual({
        succeeded: [],
        gone: ['i-1'],
        failed: [],
        missed: [],
      });
    },
  );

  test('Instances that the command never reached are named', () => {
    expect(judgeCommand(['i-1', 'i-2'], [invocation('i-1', 'Success')], none).missed).toEqual(['i-2']);
  });

  test('Invocations on instances that were not recorded are ignored', () => {
    expect(
      judgeCommand(['i-1'], [invocation('i-1', 'Success'), invocation('i-9', 'Failed')], none).failed,
    ).toEqual([]);
  });
});

test.each([
  ['0', 20, 0],
  ['3', 20, 3],
  ['10%', 20, 2],
  ['10%', 19, 1],
  ['5%', 10, 0],
  ['100%', 7, 7],
])('A limit of %s for %d instances tolerates %d failures', (maxErrors, instances, tolerated) => {
  expect(toleratedErrors(maxErrors, instances)).toBe(tolerated);
});

describe('The end of an output', () => {
  test('The end of an output is its last lines that are not empty', () => {
    const text = Array.from({ length: 100 }, (_, index) => `line ${String(index)}\n\n`).join('');
    expect(lastLines(text, 2)).toEqual(['line 98', 'line 99']);
  });

  test.each([
    ['password=hunter2', 'password=***'],
    ['"db_password": "hunter2", "x": 1', '"db_password": ***, "x": 1'],
    ['token: abc', 'token: ***'],
    ['nothing to hide', 'nothing to hide'],
  ])('The end of an output hides what looks like a secret: %s', (line, shown) => {
    expect(lastLines(line)).toEqual([shown]);
  });
});

test.each([
  ['is not sent yet', { status: 'Pending', details: 'Pending' }, false],
  ['could not be delivered so far', { status: 'Delayed', details: 'Delayed' }, false],
  ['runs', { status: 'InProgress', details: 'InProgress' }, true],
  ['has ended well', { status: 'Success', details: 'Success' }, true],
  ['has failed', { status: 'Failed', details: 'Failed' }, true],
  ['was never taken by the agent', { status: 'TimedOut', details: 'DeliveryTimedOut' }, false],
  ['was stopped before it came there', { status: 'Cancelled', details: 'Terminated' }, false],
  ['was cancelled, and nobody knows when', { status: 'Cancelled', details: 'Cancelled' }, true],
  [
    'was cancelled before its first step',
    { status: 'Cancelled', details: 'Cancelled', started: false },
    false,
  ],
  ['was cancelled in a step', { status: 'Cancelled', details: 'Cancelled', started: true }, true],
  [
    'has a step, whatever its status says',
    { status: 'TimedOut', details: 'DeliveryTimedOut', started: true },
    true,
  ],
])('Whether a command may have begun is judged by what ran: it %s', (_, seen, begun) => {
  expect(mayHaveBegun({ id: 'i-1', ...seen })).toBe(begun);
});
