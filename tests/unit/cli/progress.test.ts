import { endedAt, type HistoryEvent, pathOf, stepsOf } from '../../../cli/queries/progress';
import { makeLog, progressLines } from '../../../cli/views/progressView';
import { expectedSteps } from '../../../lib/engine/path';
import { styleOf } from '../../../cli/terminal/style';

const start = Date.UTC(2026, 10, 22, 8);
const at = (seconds: number) => new Date(start + seconds * 1_000);
const entered = (name: string, seconds: number, kind = 'Task'): HistoryEvent => ({
  type: `${kind}StateEntered`,
  timestamp: at(seconds),
  stateEnteredEventDetails: { name },
});
const exited = (name: string, seconds: number): HistoryEvent => ({
  type: 'TaskStateExited',
  timestamp: at(seconds),
  stateExitedEventDetails: { name },
});
const plan = { strategy: 'deploy-and-snapshot' } as const;
const plain = styleOf(false);

const early = [
  entered('Accept', 0),
  exited('Accept', 1),
  entered('Lock', 1),
  exited('Lock', 2),
  entered('ImageFrom', 2, 'Choice'),
  entered('Provision', 3),
];

test('The path holds every state entered, choices and ends too', () => {
  expect(pathOf([...early, entered('Deployed', 9, 'Succeed')])).toEqual([
    'Accept',
    'Lock',
    'ImageFrom',
    'Provision',
    'Deployed',
  ]);
});

test('Before the plan is known, only what was entered is shown', () => {
  expect(stepsOf(early, undefined).map(({ name }) => name)).toEqual(['Accept', 'Lock', 'Provision']);
});

test('With the plan, what is ahead is shown too, and the running step with its progress', () => {
  const steps = stepsOf(early, plan, { Provision: '14 of 20 instances' });
  expect(steps.slice(0, 3)).toEqual([
    { name: 'Accept', state: 'done', startedAt: start, endedAt: start + 1_000 },
    { name: 'Lock', state: 'done', startedAt: start + 1_000, endedAt: start + 2_000 },
    { name: 'Provision', state: 'running', startedAt: start + 3_000, progress: '14 of 20 instances' },
  ]);
  expect(steps.slice(3).every(({ state }) => state === 'ahead')).toBe(true);
  expect(steps.at(-1)?.name).toBe('Unlock');
});

test.each([['Undo'], ['Close']])(
  'A step that leads to %s has failed, and no steps are ahead any more',
  (next) => {
    const steps = stepsOf([...early, exited('Provision', 60), entered(next, 60)], plan);
    expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Accept done',
      'Lock done',
      'Provision failed',
      `${next} running`,
    ]);
  },
);

test.each([
  [
    { strategy: 'deploy-and-snapshot' },
    [
      'Suspend',
      'Provision',
      'TakeOut',
      'BakeImage',
      'PutBack',
      'SwapLaunchTemplate',
      'SetScaling',
      'Resume',
      'Rollout',
    ],
  ],
  [
    { strategy: 'golden-instance' },
    [
      'LaunchBuilder',
      'Provision',
      'BakeImage',
      'TerminateBuilder',
      'SwapLaunchTemplate',
      'SetScaling',
      'Rollout',
    ],
  ],
  [
    { strategy: 'deploy-and-snapshot', image: 'ami-0123456789abcdef0' },
    ['SwapLaunchTemplate', 'SetScaling', 'Rollout'],
  ],
] as const)('A deployment requested with %j passes its own states', (asked, expected) => {
  const steps = expectedSteps(asked);
  expect(steps.slice(steps.indexOf('Preflight') + 1, steps.indexOf('Observe'))).toEqual(expected);
});

test('A live view has one aligned line for each step', () => {
  const lines = progressLines(
    stepsOf(early, plan, { Provision: '14 of 20 instances' }),
    start + 75_000,
    0,
    plain,
  );
  expect(lines.slice(0, 4)).toEqual([
    '  ✔ Accept                   1.0 s',
    '  ✔ Lock                     1.0 s',
    '  ⠋ Provision           1 min 12 s   14 of 20 instances',
    '  · TakeOut                          take one instance out of service',
  ]);
});

test('A log shows each step once when it ends, and a running step only if there is news', () => {
  const log = makeLog(plain);
  const running = (progress: string) => stepsOf(early, plan, { Provision: progress });
  expect(log(running('1 of 20'), start + 10_000)).toEqual([
    'done   Accept                   1.0 s',
    'done   Lock                     1.0 s',
    '…      Provision                7.0 s   1 of 20',
  ]);
  expect(log(running('1 of 20'), start + 20_000)).toEqual([]);
  expect(log(running('9 of 20'), start + 30_000)).toHaveLength(1);
  expect(log(running('9 of 20'), start + 400_000)).toEqual([
    '…      Provision           6 min 37 s   9 of 20',
  ]);
  const over = stepsOf([...early, exited('Provision', 500), entered('Undo', 500)], plan);
  expect(log(over, start + 500_000)[0]).toBe('failed Provision           8 min 17 s');
  expect(log(over, start + 501_000)).toEqual([]);
});

test('A caught failure shows as soon as its state is left; a failure that a retry made up for does not', () => {
  const event = (type: string): HistoryEvent => ({ type, timestamp: at(5) });
  const told = (events: HistoryEvent[]) =>
    stepsOf([...early, ...events, exited('Provision', 6)], plan)[2]?.state;
  expect(told([event('TaskFailed')])).toBe('failed');
  expect(told([event('TaskTimedOut')])).toBe('failed');
  expect(told([event('LambdaFunctionFailed'), event('TaskSucceeded')])).toBe('done');
});

test('A step that is done shows its subject, and not its last progress', () => {
  const done = (progress: string) =>
    progressLines(
      [{ name: 'TakeOut', state: 'done', startedAt: start, endedAt: start + 1_000, progress }],
      start,
      0,
      plain,
    )[0];
  expect(done('15 of 20 instances')).toMatch(/1\.0 s {3}20 instances$/);
  expect(done('sealing i-31a538efdfa6c70f1')).toMatch(/1\.0 s {3}i-31a538efdfa6c70f1$/);
  expect(done('baking')).toMatch(/1\.0 s$/);
});

test('A rollback has steps of its own, and all that are ahead are shown', () => {
  const steps = stepsOf(
    [entered('AcceptRollback', 0), exited('AcceptRollback', 1), entered('PreflightRollback', 1)],
    { ...plan, kind: 'rollback' },
  );
  expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'AcceptRollback done',
    'PreflightRollback running',
    'Halt ahead',
    'RollBack ahead',
    'SetScaling ahead',
    'CompleteRollback ahead',
    'Unlock ahead',
  ]);
});

test('A rollback that reached its release by its compensation shows only the failed step as failed', () => {
  const passed = ['AcceptRollback', 'RollBack', 'Undo', 'Restore', 'CompleteRestored', 'Unlock'];
  const events = passed.flatMap((name, index) => [entered(name, index), exited(name, index + 1)]);
  const failed = stepsOf(events, { ...plan, kind: 'rollback' }).filter(({ state }) => state === 'failed');
  expect(failed.map(({ name }) => name)).toEqual(['RollBack']);
});

test('A repair shows its wait, too, and none of its steps as failed', () => {
  const passed = ['RaiseFence', 'LookAgain', 'Undo', 'Restore', 'CleanUp', 'Close', 'Unlock'];
  const waited = [entered('WaitOut', 1, 'Wait'), { ...exited('WaitOut', 60), type: 'WaitStateExited' }];
  const events = passed.flatMap((name) => [
    entered(name, 0),
    exited(name, 1),
    ...(name === 'RaiseFence' ? waited : []),
  ]);
  const steps = stepsOf(events, undefined);
  expect(steps.map(({ name }) => name)).toEqual(['RaiseFence', 'WaitOut', ...passed.slice(1)]);
  expect(steps.every(({ state }) => state === 'done')).toBe(true);
});

test('The approval of the rest of the rollout is among the steps', () => {
  const asked = { ...plan, settings: { rollout: { approval: { percentage: 25 } } } };
  const steps = expectedSteps(asked);
  expect(steps.slice(steps.indexOf('Rollout'), steps.indexOf('Complete'))).toEqual([
    'Rollout',
    'Approval',
    'RolloutRest',
    'Observe',
  ]);
});

test('In a stopped execution the step that ran has failed, and no steps are ahead', () => {
  const steps = endedAt(stepsOf(early, plan), start + 9_000);
  expect(steps.at(-1)).toEqual({
    name: 'Provision',
    state: 'failed',
    startedAt: start + 3_000,
    endedAt: start + 9_000,
  });
});

test('A wait for the lock has not failed, although an error leads to it', () => {
  const failed: HistoryEvent = { type: 'LambdaFunctionFailed', timestamp: at(1) };
  const events = [entered('Lock', 0), failed, exited('Lock', 1), entered('Queue', 1)];
  expect(stepsOf(events, undefined).map(({ name, state }) => `${name} ${state}`)).toEqual([
    'Lock done',
    'Queue running',
  ]);
});
