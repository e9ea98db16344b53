import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { deadLettersOf, findQueue, mappingsOf, peek, redrive, switchMappings } from '../../../cli/queues';
import { raise } from '../../machines/support/stage';

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
  const mappings = () => mappingsOf(session, requests.arn);
  expect(await switchMappings(session, await mappings(), false)).toEqual(['forseti-production-Intake']);
  expect(await switchMappings(session, await mappings(), false)).toEqual([]);
  expect((await mappings()).map(({ State }) => State)).toEqual(['Disabled']);
  await send('{}');
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name).visible).toBe(1);
  expect(await switchMappings(session, await mappings(), true)).toEqual(['forseti-production-Intake']);
  expect(await switchMappings(session, await mappings(), true)).toEqual([]);
  await cloud.advance(3_600_000);
  expect(sqs.count(requests.name)).toMatchObject({ visible: 0, notVisible: 0 });
  expect(sqs.count('forseti-production-requests-dead').visible).toBe(1);
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
  await switchMappings(session, await mappingsOf(session, requests.arn), false);
  expect(await redrive(session, dead)).toEqual({ status: 'COMPLETED', moved: 1 });
  expect([sqs.count(dead.name).visible, sqs.count(requests.name).visible]).toEqual([0, 1]);
});

test('What EventBridge could not deliver goes back too, though it came from no queue; without a place to go it is told.', async () => {
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

test('A queue that is not there is told with those that are.', async () => {
  const { session } = await open();
  await expect(findQueue(session, 'orders')).rejects.toThrow(
    /no queue orders in eu-west-1.*requests, alarms/,
  );
});
