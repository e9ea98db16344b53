import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { activeRegionInTable, type ActiveRegion } from '../src';
import { cached } from '../src/activeRegion';

test('A copy that never answers does not keep the other from being read', async () => {
  const silent = new DynamoDBClient({ region: 'eu-west-1' });
  // As the SDK's own handler: the call ends when its signal fires, and never else.
  jest
    .spyOn(silent, 'send')
    .mockImplementation(((_command: unknown, options?: { abortSignal?: AbortSignal }) =>
      options?.abortSignal?.aborted === true
        ? Promise.reject(new Error('AbortError'))
        : new Promise(() => undefined)) as never);
  const standby = mockClient(new DynamoDBClient({ region: 'eu-central-1' }));
  standby.on(GetItemCommand).resolves({ Item: { active: { S: 'eu-central-1' } } });
  const active = activeRegionInTable({
    clients: [silent, standby as unknown as DynamoDBClient],
    tableName: 'regions',
    key: { name: 'orders' },
    timeout: () => AbortSignal.abort(),
  });
  await expect(active.current()).resolves.toBe('eu-central-1');
});

test('A question that is never answered is not the last one', async () => {
  let now = 0;
  const answers = [new Promise<string>(() => undefined), Promise.resolve('eu-central-1')];
  const source: ActiveRegion = {
    current: () => answers.shift() ?? Promise.reject(new Error('asked too often')),
  };
  const active = cached(source, {
    cacheMs: 3000,
    patienceMs: 500,
    clock: () => now,
    timeout: () => AbortSignal.abort(),
  });
  expect(await active.current()).toBeUndefined();
  now = 3000;
  await active.current();
  await Promise.resolve();
  expect(await active.current()).toBe('eu-central-1');
});
