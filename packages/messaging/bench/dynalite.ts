import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** A dynalite in a process of its own. */
export interface Dynalite {
  readonly endpoint: string;
  /** The HTTP requests that it has got so far: counted where they arrive, whatever sent them. */
  requests(): Promise<number>;
  stop(): void;
}

export const startDynalite = async (root: string): Promise<Dynalite> => {
  const server = fork(join(root, 'packages', 'messaging', 'bench', 'dynaliteServer.cjs'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    requests: async () => {
      server.send('count');
      const [{ requests }] = (await once(server, 'message')) as [{ requests: number }];
      return requests;
    },
    stop: () => {
      server.disconnect();
    },
  };
};

export const dynaliteClient = (dynalite: Dynalite, more: DynamoDBClientConfig = {}): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: dynalite.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    ...more,
  });

/** An empty table with the string `id` as its only key, as both sides want it. */
export const makeTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
};
