import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Contract, contractsOf, differs } from './contract';
import type { World } from './world';

const Client = DynamoDBClient;
const api = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/';

const guide = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/';

/** Creates a table with keys `pk` and `sk`, and waits until it is active. */
const tableFor = async (world: World): Promise<string> => {
  const TableName = world.name('contract');
  const created = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
  await world.send(Client, created);
  await world.until(async () => {
    const { Table } = await world.send(Client, new DescribeTableCommand({ TableName }));
    return Table?.TableStatus === 'ACTIVE';
  });
  return TableName;
};

const key = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk } });

const fill = async (world: World, TableName: string, sorts: readonly string[]): Promise<void> => {
  for (const sk of sorts)
    await world.send(
      Client,
      new PutItemCommand({ TableName, Item: { ...key('p', sk), number: { N: '1' } } }),
    );
};

const contract = contractsOf('dynamodb');

export const dynamodb: readonly Contract[] = [
  contract('describes a table, and knows none that was not made', async (world) => {
    const TableName = await tableFor(world);
    await world.see(Client, new DescribeTableCommand({ TableName }), {
      Table: {
        TableName,
        TableStatus: 'ACTIVE',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    });
    await world.refused(Client, new DescribeTableCommand({ TableName: 'no-such-table' }), {
      error: 'ResourceNotFoundException',
    });
  }),
  contract('reads consistently what was put, and nothing where nothing is', async (world) => {
    const TableName = await tableFor(world);
    const Item = { ...key('p'), list: { L: [{ N: '1' }, { BOOL: true }] }, none: { NULL: true } };
    await world.see(Client, new PutItemCommand({ TableName, Item }), { Attributes: undefined });
    const get = new GetItemCommand({ TableName, Key: key('p'), ConsistentRead: true });
    await world.see(Client, get, { Item });
    await world.see(Client, new GetItemCommand({ TableName, Key: key('other') }), { Item: undefined });
  }),
  contract(
    'reads the part of an item that a projection names',
    async (world) => {
      const TableName = await tableFor(world);
      const Item = { ...key('p'), list: { L: [{ N: '1' }, { BOOL: true }] } };
      await world.send(Client, new PutItemCommand({ TableName, Item }));
      const part = {
        TableName,
        Key: key('p'),
        ProjectionExpression: '#l[0]',
        ExpressionAttributeNames: { '#l': 'list' },
      };
      await world.see(Client, new GetItemCommand(part), {
        Item: { list: { L: [{ N: '1' }] }, pk: undefined },
      });
    },
    differs(
      'moto',
      'GetItem',
      'does not see the name before an index',
      `${guide}Expressions.Attributes.html`,
    ),
  ),
  contract('puts on a condition, and refuses where it does not hold', async (world) => {
    const TableName = await tableFor(world);
    const put = { TableName, Item: key('p'), ConditionExpression: 'attribute_not_exists(pk)' };
    await world.see(Client, new PutItemCommand(put), {});
    await world.refused(Client, new PutItemCommand(put), { error: 'ConditionalCheckFailedException' });
  }),
  contract(
    'shows the item that made a condition fail, where that was asked for',
    async (world) => {
      const TableName = await tableFor(world);
      await world.send(Client, new PutItemCommand({ TableName, Item: { ...key('p'), owner: { S: 'ada' } } }));
      const refused = {
        error: 'ConditionalCheckFailedException',
        more: { Item: { owner: { S: 'ada' } } },
      };
      const condition = {
        TableName,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      } as const;
      await world.refused(Client, new PutItemCommand({ ...condition, Item: key('p') }), refused);
      await world.refused(Client, new DeleteItemCommand({ ...condition, Key: key('p') }), refused);
    },
    {
      differs: {
        dynalite: {
          at: 'PutItem',
          does: 'leaves the item out',
          source: `${api}API_PutItem.html#DDB-PutItem-request-ReturnValuesOnConditionCheckFailure`,
        },
      },
    },
  ),
  contract('updates: sets, adds, removes, and answers the new item', async (world) => {
    const TableName = await tableFor(world);
    const update = {
      TableName,
      Key: key('p'),
      UpdateExpression: 'SET #s = :s, fence = if_not_exists(fence, :zero) + :one ADD members :m REMOVE gone',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: {
        ':s': { S: 'held' },
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':m': { SS: ['i-1'] },
      },
      ReturnValues: 'ALL_NEW' as const,
    };
    await world.see(Client, new UpdateItemCommand(update), {
      Attributes: { state: { S: 'held' }, fence: { N: '1' }, members: { SS: ['i-1'] }, gone: undefined },
    });
    await world.see(Client, new UpdateItemCommand(update), { Attributes: { fence: { N: '2' } } });
    const conditional = { ...update, ConditionExpression: 'fence = :zero' };
    await world.refused(Client, new UpdateItemCommand(conditional), {
      error: 'ConditionalCheckFailedException',
    });
  }),
  contract('deletes, answers what was there, and deletes what is not there too', async (world) => {
    const TableName = await tableFor(world);
    await fill(world, TableName, ['a']);
    const remove = new DeleteItemCommand({ TableName, Key: key('p'), ReturnValues: 'ALL_OLD' });
    await world.see(Client, remove, { Attributes: { pk: { S: 'p' }, number: { N: '1' } } });
    await world.see(Client, remove, { Attributes: undefined });
    const conditional = { TableName, Key: key('p'), ConditionExpression: 'attribute_exists(pk)' };
    await world.refused(Client, new DeleteItemCommand(conditional), {
      error: 'ConditionalCheckFailedException',
    });
  }),
  contract('queries in the order of the sort key, backwards where asked, page by page', async (world) => {
    const TableName = await tableFor(world);
    await fill(world, TableName, ['STEP#2', 'STEP#1', 'OTHER', 'STEP#3']);
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :p AND begins_with(sk, :s)',
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':s': { S: 'STEP#' } },
    };
    await world.see(Client, new QueryCommand(query), {
      Count: 3,
      Items: [{ sk: { S: 'STEP#1' } }, { sk: { S: 'STEP#2' } }, { sk: { S: 'STEP#3' } }],
      LastEvaluatedKey: undefined,
    });
    const backwards = { ...query, ScanIndexForward: false, Limit: 2 };
    const first = await world.see(Client, new QueryCommand(backwards), {
      Items: [{ sk: { S: 'STEP#3' } }, { sk: { S: 'STEP#2' } }],
      LastEvaluatedKey: key('p', 'STEP#2'),
    });
    const next = { ...backwards, ExclusiveStartKey: first.LastEvaluatedKey as ReturnType<typeof key> };
    await world.see(Client, new QueryCommand(next), { Items: [{ sk: { S: 'STEP#1' } }] });
  }),
  contract('scans, and counts what the filter left out', async (world) => {
    const TableName = await tableFor(world);
    await fill(world, TableName, ['a', 'b', 'c']);
    const scan = {
      TableName,
      FilterExpression: 'sk <> :b',
      ExpressionAttributeValues: { ':b': { S: 'b' } },
    };
    await world.see(Client, new ScanCommand(scan), { Count: 2, ScannedCount: 3 });
    const first = await world.see(Client, new ScanCommand({ TableName, Limit: 2 }), {
      Count: 2,
      LastEvaluatedKey: key('p', 'b'),
    });
    const ExclusiveStartKey = first.LastEvaluatedKey as ReturnType<typeof key>;
    await world.see(Client, new ScanCommand({ TableName, ExclusiveStartKey }), {
      Count: 1,
      LastEvaluatedKey: undefined,
    });
  }),
  contract('writes a batch, and refuses two writes of one item in it', async (world) => {
    const TableName = await tableFor(world);
    const put = (sk: string) => ({ PutRequest: { Item: key('p', sk) } });
    const batch = new BatchWriteItemCommand({ RequestItems: { [TableName]: [put('a'), put('b')] } });
    await world.see(Client, batch, { UnprocessedItems: {} });
    const twice = new BatchWriteItemCommand({ RequestItems: { [TableName]: [put('a'), put('a')] } });
    await world.refused(Client, twice, { error: 'ValidationException' });
  }),
  contract('reads many items at once, and says nothing of those that are not there', async (world) => {
    const TableName = await tableFor(world);
    await fill(world, TableName, ['a', 'b']);
    const Keys = [key('p', 'a'), key('p', 'b'), key('p', 'none')];
    await world.see(Client, new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }), {
      Responses: (found: Record<string, object[]>) => found[TableName]?.length === 2,
      UnprocessedKeys: {},
    });
    const twice = { RequestItems: { [TableName]: { Keys: [key('p'), key('p')] } } };
    await world.refused(Client, new BatchGetItemCommand(twice), { error: 'ValidationException' });
  }),
  contract('does all of a transaction or nothing, and says which condition failed', async (world) => {
    const TableName = await tableFor(world);
    const put = (sk: string) => ({
      Put: { TableName, Item: key('p', sk), ConditionExpression: 'attribute_not_exists(pk)' },
    });
    await world.see(Client, new TransactWriteItemsCommand({ TransactItems: [put('a')] }), {});
    await world.refused(Client, new TransactWriteItemsCommand({ TransactItems: [put('b'), put('a')] }), {
      error: 'TransactionCanceledException',
      more: { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] },
    });
    await world.see(Client, new GetItemCommand({ TableName, Key: key('p', 'b') }), { Item: undefined });
  }),
  contract('refuses reserved words, values that are not used, and keys that are empty', async (world) => {
    const TableName = await tableFor(world);
    const invalid = { error: 'ValidationException' };
    const reserved = { TableName, Key: key('p'), UpdateExpression: 'SET status = :s' };
    const values = { ExpressionAttributeValues: { ':s': { S: 'x' } } };
    await world.refused(Client, new UpdateItemCommand({ ...reserved, ...values }), invalid);
    const unused = { TableName, Key: key('p'), UpdateExpression: 'SET mine = :s' };
    const more = { ExpressionAttributeValues: { ':s': { S: 'x' }, ':unused': { S: 'y' } } };
    await world.refused(Client, new UpdateItemCommand({ ...unused, ...more }), invalid);
    await world.refused(Client, new PutItemCommand({ TableName, Item: key('') }), invalid);
  }),
];
