import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type DeduplicationStore, DynamoDbStore, fastDynamoDb, MemoryStore } from '../src';
import { Cloud } from '../soak/embeddedCloud';

/** Somewhere that marks can be kept. */
export interface Host {
  /** A store as one sandbox has it; all of a host see the same marks. */
  newStore(): DeduplicationStore;
  /** The requests that have been made, by action. */
  requests(): Readonly<Record<string, number>>;
  /** Lets time pass until the work is settled, where time is the host's. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  close(): Promise<void>;
}

const tableName = 'forseti-marks';

export const makeTable = (client: DynamoDBClient, name = tableName) =>
  client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );

const inMemory = async (): Promise<Host> => {
  const store = new MemoryStore();
  return {
    newStore: () => store,
    requests: () => ({}),
    run: (work) => work(),
    close: async () => undefined,
  };
};

const storeOn = (client: DynamoDBClient) =>
  new DynamoDbStore({ client, tableName, promise: 'within-region', sleep: async () => undefined });

/** dynalite over HTTP, with the SDK as it is. */
export const startDynalite = async () => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const requests: Record<string, number> = {};
  server.on('request', ({ headers }) => {
    const action = String(headers['x-amz-target']).split('.')[1] ?? '';
    requests[action] = (requests[action] ?? 0) + 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...fastDynamoDb,
  });
  const close = async () => {
    client.destroy();
    // Its own callback comes when its database is closed, too.
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  };
  return { client, requests, close };
};

const onDynalite = async (): Promise<Host> => {
  const { client, requests, close } = await startDynalite();
  await makeTable(client);
  return { newStore: () => storeOn(client), requests: () => requests, run: (work) => work(), close };
};

const onTheEmbeddedCloud = async (): Promise<Host> => {
  const cloud = Cloud.make();
  const client = cloud.connect('eu-west-1')(DynamoDBClient);
  await cloud.run(() => makeTable(client));
  const requests: Record<string, number> = {};
  client.middlewareStack.add(
    (next, context) => (given) => {
      const action = ((context as { commandName?: string }).commandName ?? '').replace(/Command$/, '');
      requests[action] = (requests[action] ?? 0) + 1;
      return next(given);
    },
    { step: 'initialize', name: 'countRequests' },
  );
  return {
    newStore: () => storeOn(client),
    requests: () => requests,
    run: (work) => cloud.run(work),
    close: async () => undefined,
  };
};

/** A store on a table, whose requests are counted. */
export const counted = ['dynalite', "the embedded cloud's DynamoDB"] as const;

export const hosts: Readonly<Record<string, () => Promise<Host>>> = {
  'the in-memory store': inMemory,
  dynalite: onDynalite,
  "the embedded cloud's DynamoDB": onTheEmbeddedCloud,
};
