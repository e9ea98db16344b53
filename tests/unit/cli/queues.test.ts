import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { deadLettersOf, findQueue, mappingsOf, peek } from '../../../cli/queries/queues';
import { redrive } from '../../../cli/actions/redrive';
import { switchMappings } from '../../../cli/actions/switchMappings';
import { startTestStack } from '../../machines/support/testStack';
import { sessionWith } from './support';

const open = async () => {
  const stack = await startTestStack({ group: { instances: 1 } });
  const { session, cloud, region } = stack;
  const requests = await findQueue(session, 'requests');
  return {
    cloud,
    session,
    requests,
    sqs: region.service('sqs'),
    send: (body: string) =>
      session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: requests.url, MessageBody: body })),
  };
};

test('Paused consumers take no messages, and take them all when they go on; repeating either changes nothing', async () => {
  const { session, requests, sqs, send, cloud } = await open();
  const mappings = () => mappingsOf(session, requests.arn);
  const intake = { changed: ['forseti-production-Intake'], unsettled: [] };
  const nothing = { changed: [], unsettled: [] };
  expect(await switchMappings(session, await mappings(), false)).toEqual(intake);
  expect(await switchMappings(session, await mappings(), false)).toEqual(nothing);
  expect((await mappings()).map(({ State }) => State)).toEqual(['Disabled']);
  await send('{}');
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name).visible).toBe(1);
  expect(await switchMappings(session, await mappings(), true)).toEqual(intake);
  expect(await switchMappings(session, await mappings(), true)).toEqual(nothing);
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name)).toMatchObject({ visible: 0, notVisible: 0 });
  expect(sqs.count('forseti-production-requests-dead').visible).toBe(1);
});

test('A switch waits for the one before it, which Lambda lets take effect first', async () => {
  const { session, requests } = await open();
  const [mapping] = await mappingsOf(session, requests.arn);
  const ask = (enabled: boolean) =>
    session
      .connect(LambdaClient)
      .send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled: enabled }));
  const pause = async (seen?: string) => {
    const found = await mappingsOf(session, requests.arn);
    return switchMappings(
      session,
      found.map((one) => ({ ...one, ...(seen !== undefined && { State: seen }) })),
      false,
    );
  };
  expect((await ask(false)).State).toBe('Disabling');
  await expect(ask(true)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  const from = session.now();
  expect(await pause()).toEqual({ changed: [], unsettled: [] });
  expect(session.now() - from).toBeGreaterThan(10_000);
  // Another person resumes it between the command's read and its switch.
  await ask(true);
  expect(await pause('Enabled')).toEqual({ changed: ['forseti-production-Intake'], unsettled: [] });
  expect((await mappingsOf(session, requests.arn)).map(({ State }) => State)).toEqual(['Disabled']);
});

test('Peeking leaves the messages where they are; a redrive moves dead letters back to where they came from', async () => {
  const { session, requests, sqs, send, cloud } = await open();
  await send('poison');
  await cloud.advance(3_600_000);
  const dead = await deadLettersOf(session, requests);
  expect(dead).toMatchObject({
    name: 'forseti-production-requests-dead',
    visible: 1,
    source: requests.arn,
  });
  expect(await deadLettersOf(session, dead)).toEqual(dead);
  expect((await peek(session, dead, 10)).map(({ Body }) => Body)).toEqual(['poison']);
  expect(sqs.count(dead.name).visible).toBe(1);
  await switchMappings(session, await mappingsOf(session, requests.arn), false);
  expect(await redrive(session, dead)).toEqual({ status: 'COMPLETED', moved: 1 });
  expect([sqs.count(dead.name).visible, sqs.count(requests.name).visible]).toEqual([0, 1]);
});

test('Events that EventBridge could not deliver are redriven too, though they came from no queue; without a queue to go to, SQS says so', async () => {
  const { session, requests, sqs } = await open();
  const dead = await deadLettersOf(session, requests);
  await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: '{}' }));
  await switchMappings(session, await mappingsOf(session, requests.arn), false);
  const { source, ...nowhere } = dead;
  expect(source).toBe(requests.arn);
  expect(await redrive(session, nowhere)).toEqual({
    status: 'FAILED',
    moved: 0,
    failureReason: 'CouldNotDetermineMessageSource',
  });
  expect(await redrive(session, dead)).toEqual({ status: 'COMPLETED', moved: 1 });
  expect([sqs.count(dead.name).visible, sqs.count(requests.name).visible]).toEqual([0, 1]);
});

test('An unknown queue is refused with the known ones', async () => {
  const { session } = await open();
  await expect(findQueue(session, 'orders')).rejects.toThrow(
    /no queue orders in eu-west-1.*requests, alarms/,
  );
});

test('Switching waits for AWS; a consumer that is not switched after three minutes is reported with its state', async () => {
  const lambda = mockClient(LambdaClient);
  lambda.on(UpdateEventSourceMappingCommand).resolves({ State: 'Disabling' });
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:tickets';
  lambda
    .on(GetEventSourceMappingCommand)
    .resolves({ UUID: '1', FunctionArn: functionArn, State: 'Disabling' });
  let now = 0;
  const session = sessionWith({
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      if (now > 100_000 && quick)
        lambda
          .on(GetEventSourceMappingCommand)
          .resolves({ UUID: '1', FunctionArn: functionArn, State: 'Disabled' });
    },
  });
  let quick = false;
  const on = [{ UUID: '1', FunctionArn: functionArn, State: 'Enabled' }];
  expect(await switchMappings(session, on, false)).toEqual({
    changed: ['tickets'],
    unsettled: [{ function: 'tickets', state: 'Disabling' }],
  });
  expect(now).toBe(182_000);
  [now, quick] = [0, true];
  expect(await switchMappings(session, on, false)).toEqual({ changed: ['tickets'], unsettled: [] });
  lambda.restore();
});

test('Events that were meant for no queue are shown, and not moved back', async () => {
  const { session } = await open();
  const events = await findQueue(session, 'events-dead');
  await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: events.url, MessageBody: '{}' }));
  expect((await peek(session, events, 10)).map(({ Body }) => Body)).toEqual(['{}']);
  await expect(deadLettersOf(session, events)).rejects.toThrow(
    /meant for machines and functions.*peek events-dead/,
  );
});
