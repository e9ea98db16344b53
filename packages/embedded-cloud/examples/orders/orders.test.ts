import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Cloud, compileTemplate, installStack } from '@forseti/embedded-cloud';
import template from './template.json';

const region = 'eu-west-1';
const minuteMs = 60_000;

/** A cloud with the stack in it, at a time of its own: it stands still until a test lets it pass. */
const start = async () => {
  const cloud = Cloud.make({ regions: [region], startAt: Date.parse('2026-11-22T08:00:00Z') });
  const compiled = await compileTemplate(__dirname, template);
  await installStack(cloud, compiled, { region, stackName: 'shop' });
  return cloud;
};

const order = async (cloud: Cloud, body: object): Promise<void> => {
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${cloud.account}/orders`;
  const sqs = cloud.connect(region)(SQSClient);
  await cloud.run(() => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) })));
};

const paid = async (cloud: Cloud, id: string) => {
  const dynamodb = cloud.connect(region)(DynamoDBClient);
  const found = await cloud.run(() =>
    dynamodb.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: id } } })),
  );
  return found.Item?.paidAt?.S;
};

test('An order is charged when its hour of cooling off is over', async () => {
  const cloud = await start();
  await order(cloud, { id: 'o-1', cents: 4_200 });
  await cloud.advance(59 * minuteMs);
  expect(await paid(cloud, 'o-1')).toBeUndefined();
  await cloud.advance(2 * minuteMs);
  expect(await paid(cloud, 'o-1')).toMatch(/^2026-11-22T09:00/);
});

test('A charge whose function dies twice is tried again, and done', async () => {
  const cloud = await start();
  cloud.faults = {
    invocation: ({ functionName, count }) => (functionName === 'charge' && count < 2 ? 'before' : undefined),
  };
  await order(cloud, { id: 'o-2', cents: 4_200 });
  await cloud.advance(62 * minuteMs);
  expect(await paid(cloud, 'o-2')).toBeDefined();
  expect(cloud.calls.list.filter(({ action }) => action === 'UpdateItem')).toHaveLength(1);
});

test('Without its permission the function is refused, and the order ends among the dead', async () => {
  const cloud = await start();
  const accept = `arn:aws:iam::${cloud.account}:role/accept`;
  const [policy] = cloud.roles[accept]?.policies as { Statement: unknown[] }[];
  cloud.roles = {
    ...cloud.roles,
    [accept]: { name: 'accept', policies: [{ Statement: policy?.Statement.slice(0, 1) }] },
  };
  await order(cloud, { id: 'o-3', cents: 4_200 });
  await cloud.advance(10 * minuteMs);
  expect(cloud.calls.list.filter(({ error }) => error === 'AccessDeniedException')).toHaveLength(3);
  expect(cloud.region(region).service('sqs').count('dead-orders')).toMatchObject({ visible: 1 });
});
