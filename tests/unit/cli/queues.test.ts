import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { deadLettersOf, findQueue, mappingsOf, peek, redrive, switchMappings } from '../../../cli/queues';
import { raise } from '../../machines/support/stage';
import { sessionWith } from './support';

const open = async () => {
  const stage = await raise({ group: { instances: 1 } });
  const { session, cloud, region } = stage;
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

test('Paused consumers take nothing, and take it all when they go on; doing either twice changes nothing.', async () => {
  const { session, requests, sqs, send, cloud } = await open();
  const turn = (enabled: boolean) => switchMappings(session, requests.arn, enabled);
  const states = async () => (await mappingsOf(session, requests.arn)).map(({ State }) => State);
  const intake = 'forseti-production-Intake';
  expect(await turn(false)).toEqual({ changed: [intake], pending: [] });
  expect(await states()).toEqual(['Disabled']);
  expect(await turn(false)).toEqual({ changed: [], pending: [] });
  await send('{}');
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name).visible).toBe(1);
  expect(await turn(true)).toEqual({ changed: [intake], pending: [] });
  expect(await states()).toEqual(['Enabled']);
  expect(await turn(true)).toEqual({ changed: [], pending: [] });
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name)).toMatchObject({ visible: 0, notVisible: 0 });
  expect(sqs.count('forseti-production-requests-dead').visible).toBe(1);
});

test('A switch waits for the one before it, which Lambda lets take effect first.', async () => {
  const { session, requests } = await open();
  const [mapping] = await mappingsOf(session, requests.arn);
  const ask = (enabled: boolean) =>
    session
      .connect(LambdaClient)
      .send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled: enabled }));
  expect((await ask(false)).State).toBe('Disabling');
  await expect(ask(true)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  // It is what was asked for already, once it is.
  const from = session.now();
  expect(await switchMappings(session, requests.arn, false)).toEqual({ changed: [], pending: [] });
  expect(session.now() - from).toBeGreaterThan(10_000);
  await ask(true);
  expect(await switchMappings(session, requests.arn, false)).toEqual({
    changed: ['forseti-production-Intake'],
    pending: [],
  });
  expect((await mappingsOf(session, requests.arn)).map(({ State }) => State)).toEqual(['Disabled']);
});

test('What does not come about within its time is told as it stands.', async () => {
  const lambda = mockClient(LambdaClient);
  lambda.on(ListEventSourceMappingsCommand).resolves({
    EventSourceMappings: [
      { UUID: 'one', FunctionArn: 'arn:aws:lambda:eu-west-1:1:function:work', State: 'Disabling' },
    ],
  });
  let now = 0;
  const session = sessionWith({
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  });
  expect(await switchMappings(session, 'arn:queue', false)).toEqual({
    changed: [],
    pending: [{ function: 'work', state: 'Disabling' }],
  });
  expect(now).toBe(180_000);
  expect(lambda.commandCalls(UpdateEventSourceMappingCommand)).toEqual([]);
  lambda.restore();
});

test('A look leaves the messages where they are; a redrive moves dead letters back to where they came from.', async () => {
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
  await switchMappings(session, requests.arn, false);
  expect(await redrive(session, dead)).toEqual({ status: 'COMPLETED', moved: 1 });
  expect([sqs.count(dead.name).visible, sqs.count(requests.name).visible]).toEqual([0, 1]);
});

test('What EventBridge could not deliver goes back too, though it came from no queue; without a place to go it is told.', async () => {
  const { session, requests, sqs } = await open();
  const dead = await deadLettersOf(session, requests);
  await session.connect(SQSClient).send(new SendMessageCommand({ QueueUrl: dead.url, MessageBody: '{}' }));
  await switchMappings(session, requests.arn, false);
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

test('A queue that is not there is told with those that are.', async () => {
  const { session } = await open();
  await expect(findQueue(session, 'orders')).rejects.toThrow(
    /no queue orders in eu-west-1.*requests, alarms/,
  );
});
