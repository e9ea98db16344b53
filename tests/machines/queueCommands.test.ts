import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsError, type CloudState, type EventsState } from '@forseti/embedded-cloud';
import { exitCodes } from '../../cli/terminal/exitCodes';
import { findQueue } from '../../cli/queries/queues';
import { minuteMs } from './support/acts';
import { savedStack } from './support/commandLine';
import { told } from './support/snapshot';
import { startTestStack } from './support/testStack';

const start = savedStack(() => startTestStack({ group: { instances: 1 } }));

/** The permission that lets EventBridge invoke a function was removed. */
const withoutPermission =
  (name: string) =>
  (saved: CloudState): CloudState => {
    const state = structuredClone(saved);
    const events = state.regions['eu-west-1']?.services.events as EventsState;
    const left = events.permissions.filter(({ functionArn }) => !functionArn.endsWith(`-${name}`));
    expect(left.length).toBeLessThan(events.permissions.length);
    events.permissions.splice(0, Infinity, ...left);
    return state;
  };

const setUp = async (change?: (state: CloudState) => CloudState) => {
  const { stack, typed } = await start(change);
  const send = async (queue: string, body: string) => {
    const { url } = await findQueue(stack.session, queue);
    await stack.session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  };
  const count = (queue: string) => stack.region.service('sqs').count(`forseti-production-${queue}`).visible;
  return { stack, typed, send, count };
};

test('An event that could start nothing pages, is shown with its reason, and is not moved', async () => {
  const { stack, typed, count } = await setUp(withoutPermission('WatchInstances'));
  stack.region.publish({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: { service: 'EC2', eventTypeCategory: 'scheduledChange' },
  });
  await stack.cloud.advance(3 * minuteMs);
  expect([count('events-dead'), count('waiting-dead')]).toEqual([1, 0]);
  const pages = told(stack).filter(({ topic }) => topic === 'forseti-production-paging');
  expect(JSON.stringify(pages)).toContain('forseti-production-events-dead');
  // No application judges the stack's own alarms.
  expect(count('alarms')).toBe(0);

  const { messages } = JSON.parse((await typed('queue', 'peek', 'events-dead', '--format', 'json')).out) as {
    messages: readonly { readonly body: string; readonly attributes: Record<string, string> }[];
  };
  expect(messages[0]?.attributes).toMatchObject({
    ERROR_CODE: 'AccessDeniedException',
    RULE_ARN: expect.stringMatching(/forseti-production-maintenance$/) as string,
  });
  expect((await typed('queue', 'peek', 'events-dead')).out).toMatch(
    /"scheduledChange".*ERROR_MESSAGE=.*not authorized/,
  );
  const redriven = await typed('queue', 'redrive', 'events-dead');
  expect(redriven.code).toBe(exitCodes.usage);
  expect(redriven.note).toMatch(
    /meant for machines and functions.*forseti queue peek events-dead.*aws sqs purge-queue --queue-url https:\/\/\S+-events-dead --region eu-west-1/,
  );
  expect(count('events-dead')).toBe(1);
});

test('Wake-ups that failed page, and a redrive sends them back', async () => {
  const { stack, typed, send, count } = await setUp();
  await send('waiting-dead', '{"look":{"deployment":"api-v2","state":"Rollout"}}');
  await stack.cloud.advance(2 * minuteMs);
  const pages = told(stack).filter(({ topic }) => topic === 'forseti-production-paging');
  expect(JSON.stringify(pages)).toContain('forseti-production-waiting-dead');
  const { code, out } = await typed('queue', 'redrive', 'waiting');
  expect([code, out]).toEqual([
    exitCodes.done,
    expect.stringMatching(/^1 messages of \S+-waiting-dead went/),
  ]);
  expect(count('waiting-dead')).toBe(0);
});

test('The command says that consumers are paused, or go on, only when they are', async () => {
  const { stack, typed, send, count } = await setUp();
  const from = stack.cloud.now();
  const paused = await typed('consumers', 'pause', 'requests', '--reason', 'the parser is broken');
  expect([paused.code, paused.out]).toEqual([
    exitCodes.done,
    expect.stringMatching(/forseti-production-Intake paused\. Messages stay/),
  ]);
  expect(stack.cloud.now() - from).toBeGreaterThan(10_000);
  await send('requests', '{}');
  await stack.cloud.advance(minuteMs);
  expect(count('requests')).toBe(1);
  expect((await typed('consumers', 'pause', 'requests')).out).toMatch(
    /nothing to do.* paused already by \S+, 20/,
  );
  const resumed = await typed('consumers', 'resume', 'requests', '--format', 'json');
  expect(JSON.parse(resumed.out)).toMatchObject({ changed: ['forseti-production-Intake'], unsettled: [] });
  await stack.cloud.advance(minuteMs);
  expect(count('requests')).toBe(0);
});

test('Consumers that do not stop are reported with their state, and exit code 1', async () => {
  const { stack, typed } = await setUp();
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'UpdateEventSourceMapping'
        ? { before: new AwsError('ResourceInUseException', 'in use', { statusCode: 400 }) }
        : undefined,
  };
  const { code, out, note } = await typed('consumers', 'pause', 'alarms');
  expect([code, out]).toEqual([exitCodes.unexpected, '']);
  expect(note).toMatch(
    /asked for, but after three minutes forseti-production-TakeAlarm is Enabled\. Run the same again/,
  );
});
