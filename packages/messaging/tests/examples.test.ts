import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as tickets } from '../examples/consumer';
import { charge, handler as bank } from '../examples/oneRegion';
import { order, orders, replay } from '../examples/twoRegions';
import type { BatchAnswer } from '../src';
import { record } from './support';

const sqs = mockClient(SQSClient);
const dynamodb = mockClient(DynamoDBClient);
beforeEach(() => {
  sqs.reset();
  dynamodb.reset();
});

const page = (path: string) => readFileSync(join(__dirname, path), 'utf8');

test.each(['oneRegion', 'twoRegions', 'consumer'])(
  'The README shows the example %s as it is run here',
  (name) => {
    expect(page('../README.md')).toContain(`\`\`\`ts\n${page(`../examples/${name}.ts`)}\`\`\``);
  },
);

test.each(['twoRegions', 'consumer'])(
  'docs/messaging.md shows the example %s as forseti/messaging',
  (name) => {
    const shown = page(`../examples/${name}.ts`).replace('@forseti/messaging', 'forseti/messaging');
    expect(page('../../../docs/messaging.md')).toContain(`\`\`\`ts\n${shown}\`\`\``);
  },
);

/** Whatever the SDK throws on a failed condition, with the item that stood there. */
const isTaken = (item: Record<string, { N: string } | { S: string }>) =>
  new ConditionalCheckFailedException({ message: 'The condition failed.', $metadata: {}, Item: item });

test('In one region an order that is published twice is charged once', async () => {
  sqs.on(SendMessageCommand).resolves({ MessageId: 'sqs-1' });
  const receipt = await charge('order-1', 4200);
  expect(receipt).toEqual({
    id: 'order-1',
    spooled: false,
    region: 'eu-west-1',
    messageId: 'sqs-1',
    tries: [],
  });

  const done = { fence: { N: '1' }, heldBy: { S: 'a' }, heldUntil: { N: '0' }, doneAt: { N: '1' } };
  const keptUntil = { N: String(Date.now() + 60_000) };
  dynamodb.on(PutItemCommand).resolves({});
  const fetched = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 201 }));
  const [sent] = sqs.commandCalls(SendMessageCommand);
  const message = record('order-1', { body: sent?.args[0].input.MessageBody ?? '' });
  const answers = [await bank({ Records: [message] }, {})];
  dynamodb.on(PutItemCommand).rejects(isTaken({ ...done, keptUntil }));
  answers.push(await bank({ Records: [message] }, {}));
  expect(answers).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(fetched).toHaveBeenCalledWith(
    'https://bank.example/charges',
    expect.objectContaining({
      headers: { 'idempotency-key': 'order-1' },
      body: '{"orderId":"order-1","cents":4200}',
    }),
  );
});

test('In one region a charge that the bank refuses comes again', async () => {
  dynamodb.on(PutItemCommand).resolves({});
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 503 }));
  const answer = (await bank({ Records: [record('order-2')] }, {})) as BatchAnswer;
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'sqs-order-2' }]);
});

test('In two regions an order goes to the standby while home fails, and to a spool while both do', async () => {
  dynamodb.on(GetItemCommand).resolves({}).on(PutItemCommand).resolves({});
  sqs.on(SendMessageCommand).rejectsOnce(new Error('home is down')).resolvesOnce({ MessageId: 'sqs-1' });
  expect(await order('order-1', 'A1', 'Ada')).toMatchObject({
    region: 'eu-central-1',
    tries: [{ where: 'eu-west-1' }],
  });
  sqs.on(SendMessageCommand).rejects(new Error('all is down'));
  expect(await order('order-2', 'A2', 'Bob')).toMatchObject({ spooled: true, spool: 'table spool' });
  expect(orders.circuits()).toEqual({ 'eu-west-1': 'closed', 'eu-central-1': 'closed' });
});

test('In two regions a replay reports each queue and what it sent on', async () => {
  dynamodb.on(ScanCommand).resolves({}).on(GetItemCommand).resolves({});
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '1' } });
  sqs.on(ReceiveMessageCommand).resolves({});
  const { before, spool, deadLetters } = await replay();
  expect(before.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-central-1']);
  expect([spool.found, deadLetters.found]).toEqual([0, 0]);
});

test('A consumer sells a seat on condition of id and fence, and writes the done mark', async () => {
  jest.spyOn(console, 'log').mockReturnValue(undefined);
  dynamodb.on(DescribeTableCommand).resolves({ Table: { MultiRegionConsistency: 'STRONG' } });
  dynamodb.on(PutItemCommand).resolves({}).on(UpdateItemCommand).resolves({});
  dynamodb.on(BatchWriteItemCommand).resolves({});
  const body = JSON.stringify({ seat: 'A1', customer: 'Ada' });
  expect(await tickets({ Records: [record('order-1', { body })] }, {})).toEqual({ batchItemFailures: [] });
  const [sold] = dynamodb.commandCalls(UpdateItemCommand).map(({ args: [{ input }] }) => input);
  expect(sold?.ExpressionAttributeValues).toMatchObject({
    ':id': { S: 'order-1' },
    ':fence': { N: '1' },
  });
  const [begun, done] = dynamodb.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input.Item);
  expect(begun).not.toHaveProperty('doneAt');
  expect(done).toMatchObject({ effectResult: { S: '{"seat":"A1","customer":"Ada"}' } });
  expect(console.log).toHaveBeenCalledWith('{"id":"order-1","state":"done"}');
});
