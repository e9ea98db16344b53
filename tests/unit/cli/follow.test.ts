import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { follow } from '../../../cli/follow/follow';
import { namesOf } from '../../../lib/aws/stackNames';
import type { Session } from '../../../cli/session/session';
import { keptTerminal } from './support';

const sfn = mockClient(SFNClient);
const dynamodb = mockClient(DynamoDBClient);
const start = Date.UTC(2026, 10, 22, 8);
const arn = 'arn:aws:states:eu-west-1:123456789012:execution:forseti-production-deploy:api-v2-1';

let now = start;
const session: Session = {
  region: 'eu-west-1',
  stage: 'production',
  names: namesOf({ region: 'eu-west-1', account: '123456789012', stage: 'production' }),
  requestedBy: 'dana',
  local: false,
  connect: (Class) => new Class({ region: 'eu-west-1' }),
  connectIn: (region, Class) => new Class({ region }),
  now: () => now,
  sleep: async (ms) => {
    now += ms;
  },
  newId: () => 'id',
  close: async () => undefined,
};

const terminalFor = (live: boolean) => {
  const terminal = keptTerminal();
  const written: string[] = [];
  return {
    terminal: { ...terminal, live, write: (text: string) => written.push(text) },
    notes: terminal.notes,
    written: () => written.join(''),
  };
};

const entered = (name: string, seconds: number) => ({
  type: 'TaskStateEntered' as const,
  id: 1,
  timestamp: new Date(start + seconds * 1_000),
  stateEnteredEventDetails: { name },
});
const exited = (name: string, seconds: number) => ({
  type: 'TaskStateExited' as const,
  id: 1,
  timestamp: new Date(start + seconds * 1_000),
  stateExitedEventDetails: { name },
});

beforeEach(() => {
  now = start;
  sfn.reset();
  dynamodb.reset();
  const running = { executionArn: arn, status: 'RUNNING' as const };
  sfn
    .on(DescribeExecutionCommand)
    .resolvesOnce(running)
    .resolvesOnce(running)
    .resolves({
      executionArn: arn,
      status: 'FAILED',
      error: 'RolledBack',
      cause: JSON.stringify({
        outcome: 'RolledBack',
        error: 'ImageFailed',
        message: 'm',
        problems: ['The image failed.'],
        left: [],
      }),
    });
  const first = [entered('Accept', 0), exited('Accept', 1), entered('BakeImage', 1)];
  sfn
    .on(GetExecutionHistoryCommand)
    .resolvesOnce({ events: first.slice(0, 1) })
    .resolvesOnce({ events: first })
    .resolves({ events: [...first, exited('BakeImage', 2), entered('Undo', 2), exited('Undo', 3)] });
  dynamodb
    .on(GetItemCommand)
    .resolves({ Item: marshall({ deployment: 'api-v2-1', item: 'record', strategy: 'golden-instance' }) });
  dynamodb.on(QueryCommand).resolves({
    Items: [
      marshall({
        deployment: 'api-v2-1',
        item: 'step#BakeImage',
        startedAt: start,
        progress: 'ami-1 pending',
      }),
    ],
  });
});

test('Without a terminal, each step is one line, and the end is what the cause says', async () => {
  const { terminal, notes } = terminalFor(false);
  const { ending, last } = await follow(session, arn, terminal);
  expect(ending).toMatchObject({
    outcome: 'RolledBack',
    error: 'ImageFailed',
    problems: ['The image failed.'],
  });
  expect(last.path).toEqual(['Accept', 'BakeImage', 'Undo']);
  expect(notes.map((line) => line.replace(/\s+/g, ' '))).toEqual(
    [
      '… Accept 0.0 s',
      'done Accept 1.0 s',
      '… BakeImage 0.0 s ami-1 pending',
      'failed BakeImage 1.0 s ami-1 pending',
      'done Undo 1.0 s',
    ].filter((line) => !line.startsWith('… Accept')),
  );
});

test('On a terminal, the steps are drawn in place, with those ahead, and the cursor comes back', async () => {
  const { terminal, notes, written } = terminalFor(true);
  await follow(session, arn, terminal);
  expect(notes).toEqual([]);
  expect(written()).toContain('⠙ Accept');
  expect(written()).toContain('· TerminateBuilder');
  expect(written()).toContain('✖ BakeImage');
  expect(written().endsWith('\u001B[?25h')).toBe(true);
});

test('With the option to be quiet, nothing is shown', async () => {
  const { terminal, notes, written } = terminalFor(true);
  await follow(session, arn, terminal, { quiet: true });
  expect(notes).toEqual([]);
  expect(written()).toBe('');
});

test('On the embedded cloud, following ends when a person is waited for, since no other can act meanwhile', async () => {
  sfn.on(DescribeExecutionCommand).resolves({ executionArn: arn, status: 'RUNNING' });
  sfn.on(GetExecutionHistoryCommand).resolves({ events: [entered('Approval', 0)] });
  dynamodb.on(QueryCommand).resolves({
    Items: [
      marshall({
        deployment: 'api-v2-1',
        item: 'step#Approval',
        startedAt: start,
        progress: '25 % replaced; waits for: forseti approve api-v2-1',
      }),
    ],
  });
  const { terminal } = terminalFor(false);
  await expect(follow({ ...session, local: true }, arn, terminal, { quiet: true })).rejects.toMatchObject({
    name: 'WaitsForSomebody',
    message: expect.stringContaining('"forseti approve api-v2-1 --local"') as string,
  });
});

const unavailable = Object.assign(new Error('Service is unable to handle request.'), {
  name: 'ServiceUnavailable',
});

test('While AWS does not answer, it is said once, and the execution is followed on', async () => {
  const { terminal, notes } = terminalFor(false);
  sfn
    .on(DescribeExecutionCommand)
    .rejectsOnce(unavailable)
    .rejectsOnce(unavailable)
    .resolves({ executionArn: arn, status: 'FAILED', error: 'RolledBack', cause: '{}' });
  const { ending } = await follow(session, arn, terminal);
  expect(ending).toBeDefined();
  expect(JSON.stringify(notes).match(/AWS does not answer \(ServiceUnavailable/g)).toHaveLength(1);
});

test('An error that no later try mends ends the command at once, an outage after two hours', async () => {
  const { terminal } = terminalFor(false);
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(follow(session, arn, terminal)).rejects.toThrow('no');
  expect(now).toBe(start);
  sfn.on(DescribeExecutionCommand).rejects(unavailable);
  await expect(follow(session, arn, terminal)).rejects.toThrow('unable to handle');
  expect(now - start).toBeGreaterThanOrEqual(2 * 3_600_000);
});
