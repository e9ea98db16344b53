import { key, withTable } from './support';

interface Read {
  Item?: Record<string, unknown>;
  Items?: Record<string, unknown>[];
  Attributes?: Record<string, unknown>;
  LastEvaluatedKey?: Record<string, unknown>;
  Count?: number;
  ScannedCount?: number;
}

describe('Writing', () => {
  test('Refuses a condition that does not hold and shows the item that stood in its way', async () => {
    const { send } = withTable();
    await send('PutItem', { Item: { ...key('d1', 1), by: { S: 'ada' } } });
    const again = send('PutItem', {
      Item: key('d1', 1),
      ConditionExpression: 'attribute_not_exists(deployment)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(again).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
      details: { Item: { ...key('d1', 1) } },
    });
  });

  test('Makes an item by an update and answers what was updated', async () => {
    const { send } = withTable();
    const { Attributes } = await send<Read>('UpdateItem', {
      Key: key('d1', 1),
      UpdateExpression: 'SET phase = :p ADD tries :one',
      ExpressionAttributeValues: { ':p': { S: 'lock' }, ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    });
    expect(Attributes).toEqual({ phase: { S: 'lock' }, tries: { N: '1' } });
    expect((await send<Read>('GetItem', { Key: key('d1', 1) })).Item).toMatchObject(key('d1', 1));
  });

  test.each<[string, string, object, string]>([
    [
      'an empty key string',
      'PutItem',
      { Item: { deployment: { S: '' }, step: { N: '1' } } },
      'cannot contain an empty string value. Key: deployment',
    ],
    ['a missing key', 'PutItem', { Item: { deployment: { S: 'd' } } }, 'Missing the key step in the item'],
    [
      'a key of the wrong type',
      'PutItem',
      { Item: { deployment: { S: 'd' }, step: { S: '1' } } },
      'Type mismatch for key step expected: N actual: S',
    ],
    [
      'a key with too much',
      'GetItem',
      { Key: { ...key('d', 1), more: { S: 'x' } } },
      'The provided key element does not match the schema',
    ],
    [
      'an item of more than 400 KB',
      'PutItem',
      { Item: { ...key('d', 1), log: { S: 'x'.repeat(409_600) } } },
      'Item size has exceeded the maximum allowed size',
    ],
    [
      'a change of the key',
      'UpdateItem',
      {
        Key: key('d', 1),
        UpdateExpression: 'SET step = :v',
        ExpressionAttributeValues: { ':v': { N: '2' } },
      },
      'Cannot update attribute step. This attribute is part of the key',
    ],
    [
      '39 digits',
      'PutItem',
      { Item: { ...key('d', 1), n: { N: '1'.repeat(39) } } },
      'more than 38 significant digits',
    ],
    [
      'what is no number',
      'PutItem',
      { Item: { ...key('d', 1), n: { N: 'many' } } },
      'cannot be converted to a numeric value: many',
    ],
    ['an empty set', 'PutItem', { Item: { ...key('d', 1), s: { SS: [] } } }, 'may not be empty'],
    [
      'an empty index key',
      'PutItem',
      { Item: { ...key('d', 1), phase: { S: '' } } },
      'IndexName: byPhase, IndexKey: phase',
    ],
  ])('Refuses %s', async (_, action, input, message) => {
    const { send } = withTable();
    const refused = send(action, input);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test('Refuses a table that is not there', async () => {
    const { send } = withTable();
    await expect(send('GetItem', { TableName: 'other', Key: key('d', 1) })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('A transaction', () => {
  test('Does all or nothing and gives a reason for each item', async () => {
    const { send } = withTable();
    await send('PutItem', { Item: key('d1', 1) });
    const transact = send('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'deployments', Item: key('d2', 1) } },
        {
          ConditionCheck: {
            TableName: 'deployments',
            Key: key('d1', 1),
            ConditionExpression: 'attribute_not_exists(step)',
          },
        },
      ],
    });
    await expect(transact).rejects.toMatchObject({
      code: 'TransactionCanceledException',
      details: { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] },
    });
    expect((await send<Read>('GetItem', { Key: key('d2', 1) })).Item).toBeUndefined();
  });

  test('Is done once under its token, and refuses another request under it', async () => {
    const { send, region } = withTable();
    const request = (step: number) => ({
      ClientRequestToken: 'token',
      TransactItems: [
        {
          Update: {
            TableName: 'deployments',
            Key: key('d1', step),
            UpdateExpression: 'ADD tries :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
    });
    await send('TransactWriteItems', request(1));
    await send('TransactWriteItems', request(1));
    expect((await send<Read>('GetItem', { Key: key('d1', 1) })).Item).toMatchObject({ tries: { N: '1' } });
    await expect(send('TransactWriteItems', request(2))).rejects.toMatchObject({
      code: 'IdempotentParameterMismatchException',
    });
    await region.advance(600_001);
    await send('TransactWriteItems', request(1));
    expect((await send<Read>('GetItem', { Key: key('d1', 1) })).Item).toMatchObject({ tries: { N: '2' } });
  });
});

describe('Reading', () => {
  const filled = async () => {
    const table = withTable();
    for (const step of [10, 9, 1, -2, 2.5])
      await table.send('PutItem', {
        Item: { ...key('d1', step), phase: { S: step > 2 ? 'late' : 'early' }, text: { S: 'x'.repeat(10) } },
      });
    return table;
  };
  const where = {
    KeyConditionExpression: 'deployment = :d',
    ExpressionAttributeValues: { ':d': { S: 'd1' } },
  };
  const steps = ({ Items }: Read) => (Items ?? []).map((item) => (item['step'] as { N: string }).N);

  test('Orders numbers by value, in both directions', async () => {
    const { send } = await filled();
    expect(steps(await send<Read>('Query', where))).toEqual(['-2', '1', '2.5', '9', '10']);
    expect(steps(await send<Read>('Query', { ...where, ScanIndexForward: false, Limit: 2 }))).toEqual([
      '10',
      '9',
    ]);
  });

  test('Pages by limit, before the filter', async () => {
    const { send } = await filled();
    const filter = {
      KeyConditionExpression: 'deployment = :d AND step > :s',
      FilterExpression: 'phase = :p',
      ExpressionAttributeValues: { ':d': { S: 'd1' }, ':s': { N: '-1' }, ':p': { S: 'late' } },
      Limit: 3,
    };
    const first = await send<Read>('Query', filter);
    expect([steps(first), first.ScannedCount, first.LastEvaluatedKey]).toEqual([
      ['2.5', '9'],
      3,
      key('d1', 9),
    ]);
    const second = await send<Read>('Query', { ...filter, ExclusiveStartKey: first.LastEvaluatedKey });
    expect([steps(second), second.LastEvaluatedKey]).toEqual([['10'], undefined]);
  });

  test('Reads an index as it is projected, and not consistently', async () => {
    const { send } = await filled();
    const byPhase = {
      IndexName: 'byPhase',
      KeyConditionExpression: 'phase = :p',
      ExpressionAttributeValues: { ':p': { S: 'early' } },
    };
    const { Items } = await send<Read>('Query', byPhase);
    expect(Items).toEqual([
      { ...key('d1', -2), phase: { S: 'early' } },
      { ...key('d1', 1), phase: { S: 'early' } },
    ]);
    await expect(send('Query', { ...byPhase, ConsistentRead: true })).rejects.toThrow(
      'Consistent reads are not supported on global secondary indexes',
    );
  });

  test('Ends a page at 1 MB', async () => {
    const { send } = withTable();
    for (const step of [1, 2, 3, 4])
      await send('PutItem', { Item: { ...key('d1', step), log: { S: 'x'.repeat(380_000) } } });
    const first = await send<Read>('Scan', {});
    expect(first.Count).toBe(3);
    const second = await send<Read>('Scan', { ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second).toMatchObject({ Count: 1 });
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  test('Sees old items for as long as eventual reads lag', async () => {
    const { send, dynamodb, region } = withTable();
    dynamodb.state.eventualLagMs = 1_000;
    await send('PutItem', { Item: key('d1', 1) });
    const read = async (ConsistentRead: boolean) =>
      (await send<Read>('GetItem', { Key: key('d1', 1), ConsistentRead })).Item;
    expect(await read(true)).toEqual(key('d1', 1));
    expect(await read(false)).toBeUndefined();
    expect((await send<Read>('Query', where)).Count).toBe(0);
    await region.advance(1_001);
    expect(await read(false)).toEqual(key('d1', 1));
  });

  test.each([
    ['step = :d', 'Query condition missed key schema element: deployment'],
    ['deployment > :d', 'Query key condition not supported'],
    ['deployment = :d OR step = :d', 'Invalid operator used in KeyConditionExpression: OR'],
  ])('Refuses the key condition %s', async (KeyConditionExpression, message) => {
    const { send } = withTable();
    const value = KeyConditionExpression.startsWith('step') ? { N: '1' } : { S: 'd' };
    await expect(
      send('Query', { KeyConditionExpression, ExpressionAttributeValues: { ':d': value } }),
    ).rejects.toThrow(message);
  });

  test('Needs the index for an index query, with the leading key', async () => {
    const { dynamodb, region } = await filled();
    const requires = dynamodb.actions['Query']?.requires(
      {
        TableName: 'deployments',
        IndexName: 'byPhase',
        KeyConditionExpression: 'phase = :p',
        ExpressionAttributeValues: { ':p': { S: 'early' } },
      },
      region,
      { kind: 'person', arn: '', name: '' },
    );
    expect(requires).toEqual([
      {
        action: 'dynamodb:Query',
        resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/deployments/index/byPhase',
        context: { 'dynamodb:leadingkeys': ['early'] },
      },
    ]);
  });
});
