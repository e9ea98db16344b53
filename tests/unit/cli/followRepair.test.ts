import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { followToEnd } from '../../../cli/follow/followToEnd';
import type { Session } from '../../../cli/session/session';
import { Table } from '../../../lib/aws/table';
import { type DeploymentRecord, Records, type StepItem } from '../../../lib/engine/record';
import { cloudWithTables } from '../support/tables';
import { contextWith, keptTerminal, recordOf, sessionWith } from './support';

const sfn = mockClient(SFNClient);
const deployment = 'api-v2-1';
const arn = recordOf(deployment).execution;
const repair = 'arn:aws:states:eu-west-1:111122223333:execution:forseti-test-mend:m-1';
const startDate = new Date(Date.UTC(2026, 10, 22, 7));
const stopDate = new Date(Date.UTC(2026, 10, 22, 7, 5));

const setUp = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const records = new Records(new Table<DeploymentRecord | StepItem>(dynamodb, 'forseti-test-deployments'));
  const terminal = keptTerminal();
  const context = contextWith(terminal);
  let now = stopDate.getTime();
  /** Work that happens elsewhere while the command sleeps. */
  const later: (() => Promise<void>)[] = [];
  const session: Session = sessionWith({
    clients: [dynamodb],
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      await later.shift()?.();
    },
  });
  return {
    run: (work: () => Promise<void>) => cloud.run(work),
    begin: (more: Partial<DeploymentRecord> = {}) =>
      cloud.run(() => records.create(recordOf(deployment, more))),
    records,
    terminal,
    context,
    session,
    later,
    slept: () => now - stopDate.getTime(),
  };
};

const follow = (
  { session, context, run }: ReturnType<typeof setUp>,
  format: 'tree' | 'json' = 'tree',
): Promise<void> =>
  run(() =>
    followToEnd(
      session,
      arn,
      { application: 'api', version: 'v2', title: 'api v2' },
      { wait: true, format },
      context,
    ),
  );

const stopEnd = {
  outcome: 'RolledBack',
  error: 'Stopped',
  message: 'The execution was stopped from outside.',
  problems: ['The execution was stopped from outside.'],
  left: [],
  foreign: [],
} as const;

beforeEach(() => {
  sfn.reset();
  sfn
    .on(DescribeExecutionCommand, { executionArn: arn })
    .resolves({ executionArn: arn, status: 'ABORTED', startDate, stopDate });
  sfn
    .on(DescribeExecutionCommand, { executionArn: repair })
    .resolves({ executionArn: repair, status: 'SUCCEEDED', startDate: stopDate, stopDate });
  sfn.on(GetExecutionHistoryCommand).resolves({ events: [] });
  sfn.on(GetExecutionHistoryCommand, { executionArn: repair }).resolves({
    events: [
      { type: 'TaskStateEntered', id: 1, timestamp: stopDate, stateEnteredEventDetails: { name: 'Undo' } },
      { type: 'TaskStateExited', id: 2, timestamp: stopDate, stateExitedEventDetails: { name: 'Undo' } },
    ],
  });
});

test('A stopped execution is followed through its repair, and ends as its record does', async () => {
  const stack = setUp();
  await stack.begin();
  stack.later.push(
    () => stack.records.set(deployment, { mendedBy: repair }),
    () =>
      stack.records.close(deployment, {
        closedAt: stopDate.getTime() + 70_000,
        outcome: 'RolledBack',
        end: stopEnd,
      }),
  );
  await follow(stack);
  expect(stack.context.exitCode).toBe(4);
  expect(stack.terminal.notes.join('\n')).toMatch(
    /The execution was stopped by hand\.\nWhat it did is being undone/,
  );
  expect(stack.terminal.notes.join('\n')).toMatch(/done +Undo/);
  const [told] = stack.terminal.outs;
  expect(told).toContain('RolledBack  api v2 was not deployed; the fleet is as it was before.');
  expect(told).toContain('Took 6 min 10 s.');
});

test('A deployment that was stopped past its point of no return ends as Deployed', async () => {
  const stack = setUp();
  await stack.begin({
    closedAt: 1,
    outcome: 'Deployed',
    end: { ...stopEnd, outcome: 'Deployed', error: 'None' },
  });
  await follow(stack, 'json');
  expect(stack.context.exitCode).toBe(0);
  expect(JSON.parse(stack.terminal.outs[0] ?? '')).toMatchObject({
    outcome: 'Deployed',
    kind: 'deployment',
    version: 'v2',
    executionArn: arn,
  });
});

test('If no repair is started, the command gives up after a while and says so', async () => {
  const stack = setUp();
  await stack.begin();
  await follow(stack);
  expect(stack.context.exitCode).toBe(1);
  expect(stack.slept()).toBe(12 * 60_000);
  expect(stack.terminal.outs[0]).toMatch(/Nobody has begun to repair it; see forseti status/);
});

test('The image of a failed deployment is offered to be resumed from', async () => {
  const stack = setUp();
  const spareUntil = Date.UTC(2026, 10, 23, 3);
  await stack.begin({ closedAt: 1, outcome: 'RolledBack', end: stopEnd, due: 'spare', spareUntil });
  await follow(stack);
  expect(stack.terminal.outs[0]).toContain(
    'Its image is kept until 2026-11-23T03:00Z. To deploy with it when that is repaired:\n  forseti resume-from api-v2-1',
  );
});
