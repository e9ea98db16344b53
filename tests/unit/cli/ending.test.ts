import { endingLines, endingOf, exitCodeOfEnding } from '../../../cli/ending';
import { styleOf } from '../../../cli/style';

const cause = (more: object) =>
  JSON.stringify({
    outcome: 'Rejected',
    error: 'PreflightFailed',
    message: 'm',
    problems: [],
    left: [],
    foreign: [],
    ...more,
  });

test.each([
  [{ status: 'SUCCEEDED' }, 'Deployed', 0],
  [{ status: 'FAILED', error: 'Rejected', cause: cause({}) }, 'Rejected', 3],
  [{ status: 'FAILED', error: 'Rejected', cause: cause({ error: 'DeploymentInProgress' }) }, 'Rejected', 6],
  [{ status: 'FAILED', error: 'Superseded', cause: cause({ error: 'Superseded' }) }, 'Superseded', 3],
  [{ status: 'FAILED', error: 'RolledBack', cause: cause({}) }, 'RolledBack', 4],
  [{ status: 'FAILED', error: 'Dirty', cause: cause({}) }, 'Dirty', 5],
  [{ status: 'FAILED', error: 'States.Runtime', cause: 'no JSON' }, 'Unknown', 1],
  [{ status: 'ABORTED' }, 'Unknown', 1],
  [{ status: 'TIMED_OUT' }, 'Unknown', 1],
])('%j is %s, exit code %d.', (execution, outcome, code) => {
  const ending = endingOf(execution);
  expect(ending.outcome).toBe(outcome);
  expect(exitCodeOfEnding(ending)).toBe(code);
});

test('All problems are told, each line of a longer one under it.', () => {
  const ending = endingOf({
    status: 'FAILED',
    error: 'Rejected',
    cause: cause({ problems: ['One zone only.', 'i-1 failed:\nfatal: x'] }),
  });
  expect(endingLines('api v2', ending, styleOf(false))).toEqual([
    'Rejected  api v2 was not deployed; nothing was touched.',
    '',
    '  - One zone only.',
    '  - i-1 failed:',
    '    fatal: x',
  ]);
});

test('A long problem is wrapped at the width of the terminal, under its bullet.', () => {
  const ending = endingOf({
    status: 'FAILED',
    error: 'Rejected',
    cause: cause({ problems: ['The group spans one zone only.\nOne more is needed.'] }),
  });
  expect(endingLines('api v2', ending, styleOf(false), 24).slice(2)).toEqual([
    '  - The group spans one',
    '    zone only.',
    '    One more is needed.',
  ]);
});

test('What is left is told with the command that mends it, and what somebody else changed without.', () => {
  const left = [
    {
      kind: 'processes',
      target: 'api',
      note: 'Launch is suspended',
      mend: 'aws autoscaling resume-processes',
    },
  ];
  const foreign = [{ kind: 'group-size', target: 'api MaxSize', note: 'is 70 now' }];
  const lines = endingLines(
    'api v2',
    endingOf({ status: 'FAILED', error: 'Dirty', cause: cause({ left, foreign }) }),
    styleOf(false),
  );
  expect(lines).toContain('      aws autoscaling resume-processes');
  expect(lines).toContain('  - api MaxSize: is 70 now');
});

test('An execution that somebody stopped says so.', () => {
  expect(endingOf({ status: 'ABORTED' }).problems).toEqual(['The execution was stopped by hand.']);
});
