import { type Ending, endingOf, exitCodeOfEnding, needsRepair } from '../../../cli/queries/ending';
import { endingLines } from '../../../cli/views/endingView';
import { styleOf } from '../../../cli/terminal/style';

const subject = { application: 'api', version: 'v2' };

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
])('The execution %j ended as %s, with exit code %d', (execution, outcome, code) => {
  const ending = endingOf(execution);
  expect(ending.outcome).toBe(outcome);
  expect(exitCodeOfEnding(ending)).toBe(code);
});

test('All problems are listed, with the lines of a longer one indented', () => {
  const ending = endingOf({
    status: 'FAILED',
    error: 'Rejected',
    cause: cause({ problems: ['One zone only.', 'i-1 failed:\nfatal: x'] }),
  });
  expect(endingLines(subject, ending, styleOf(false))).toEqual([
    'Rejected  api v2 was not deployed; nothing was touched.',
    '',
    '  - One zone only.',
    '  - i-1 failed:',
    '    fatal: x',
  ]);
});

test('A long problem is wrapped at the width of the terminal, under its bullet', () => {
  const ending = endingOf({
    status: 'FAILED',
    error: 'Rejected',
    cause: cause({ problems: ['The group spans one zone only.\nOne more is needed.'] }),
  });
  expect(endingLines(subject, ending, styleOf(false), 24).slice(2)).toEqual([
    '  - The group spans one',
    '    zone only.',
    '    One more is needed.',
  ]);
});

test('What is left is listed with its repair command; what was changed externally has no command', () => {
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
    subject,
    endingOf({ status: 'FAILED', error: 'Dirty', cause: cause({ left, foreign }) }),
    styleOf(false),
  );
  expect(lines).toContain('      aws autoscaling resume-processes');
  expect(lines).toContain('  - api MaxSize: is 70 now');
});

test('The ending of an execution that a person stopped says so', () => {
  expect(endingOf({ status: 'ABORTED' }).problems).toEqual(['The execution was stopped by hand.']);
});

const rollbackArn =
  'arn:aws:states:eu-west-1:123456789012:execution:forseti-production-rollback:api-rollback-1';

test.each([
  [{ status: 'SUCCEEDED' }, 'api is back on v2', 0],
  [
    { status: 'FAILED', error: 'RolledBack', cause: cause({ error: 'RolloutFailed' }) },
    'api was not brought back to v2; it runs what it ran before',
    4,
  ],
  [
    { status: 'FAILED', error: 'Rejected', cause: cause({ error: 'NoGoodRelease' }) },
    'api was not rolled back; nothing was touched',
    3,
  ],
  [
    { status: 'FAILED', error: 'Rejected', cause: cause({ error: 'DeploymentInProgress' }) },
    'api was not rolled back; nothing was touched',
    6,
  ],
  [
    { status: 'FAILED', error: 'Dirty', cause: cause({}) },
    'api was not brought back to v2, and not all could be restored',
    5,
  ],
  [{ status: 'ABORTED' }, 'The rollback of api to v2 has an unknown end', 1],
])('A rollback that ended with %j shows "%s", with exit code %d', (execution, sentence, code) => {
  const ending = endingOf({ ...execution, executionArn: rollbackArn });
  expect(endingLines(subject, ending, styleOf(false))[0]).toContain(sentence);
  expect(exitCodeOfEnding(ending)).toBe(code);
});

test('A deployment whose rollout a rollback undoes names it, and does not say that the fleet is as before', () => {
  const ending = endingOf({
    status: 'FAILED',
    error: 'RolledBack',
    cause: cause({ error: 'Halted', handedTo: 'api-rollback-1' }),
  });
  expect(endingLines(subject, ending, styleOf(false))[0]).toBe(
    'RolledBack  api v2 was not deployed; its rollout is undone by rollback api-rollback-1.',
  );
  expect(exitCodeOfEnding(ending)).toBe(4);
});

test.each([
  [{ status: 'ABORTED' }, true],
  [{ status: 'TIMED_OUT' }, true],
  [{ status: 'FAILED', error: 'States.Runtime' }, true],
  [{ status: 'FAILED', error: 'Dirty', cause: cause({ error: 'NotClosed' }) }, true],
  [{ status: 'FAILED', error: 'Dirty', cause: cause({ error: 'ProvisionFailed' }) }, false],
  [{ status: 'SUCCEEDED' }, false],
])('Whether %j needs a repair: %s', (execution, expected) => {
  expect(needsRepair(endingOf(execution))).toBe(expected);
});

test('A deployment that was repaired to the state before ends with exit code 4; a rollback ends as a success', () => {
  const ending: Ending = {
    ...endingOf({ status: 'SUCCEEDED', executionArn: rollbackArn }),
    kind: 'deployment',
  };
  expect(exitCodeOfEnding(ending)).toBe(4);
});
