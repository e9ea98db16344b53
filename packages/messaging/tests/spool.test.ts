import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSpool, MemorySpool, type Spool } from '../src';
import { Cloud } from '../soak/embeddedCloud';
import { makeTable, startDynalite } from './hosts';
import { startAt } from './support';

interface Place {
  readonly spool: Spool;
  readonly run: <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
  close(): Promise<void>;
}

const places: Readonly<Record<string, () => Promise<Place>>> = {
  memory: async () => ({ spool: new MemorySpool(), run: (work) => work(), close: async () => undefined }),
  dynalite: async () => {
    const { client, close } = await startDynalite();
    await makeTable(client, 'spool');
    return { spool: new DynamoDbSpool(client, 'spool'), run: (work) => work(), close };
  },
  "the embedded cloud's DynamoDB": async () => {
    const cloud = Cloud.make();
    const client = cloud.connect('eu-west-1')(DynamoDBClient);
    await cloud.run(() => makeTable(client, 'spool'));
    return {
      spool: new DynamoDbSpool(client, 'spool'),
      run: (work) => cloud.run(work),
      close: async () => undefined,
    };
  },
};

const message = (id: string, body = `body of ${id}`) => ({
  id,
  body,
  groupId: 'g',
  attributes: { kind: 'order', count: { type: 'Number', value: '3' } },
});

describe.each(Object.entries(places))('In %s', (_, open) => {
  let place: Place;
  beforeEach(async () => {
    place = await open();
  });
  afterEach(() => place.close());

  test('A spool gives back every message as it was, oldest first', async () => {
    const { spool, run } = place;
    await run(() => spool.put({ message: message('late'), spooledAt: startAt + 1 }));
    await run(() => spool.put({ message: message('early'), spooledAt: startAt }));
    expect(await run(() => spool.list())).toEqual([
      { message: message('early'), spooledAt: startAt },
      { message: message('late'), spooledAt: startAt + 1 },
    ]);
  });

  test('A spool holds a message as large as SQS takes, cut in the middle of a character', async () => {
    const { spool, run } = place;
    const large = { message: message('large', '€'.repeat(349_000)), spooledAt: startAt };
    await run(() => spool.put(large));
    expect(await run(() => spool.list())).toEqual([large]);
    await run(() => spool.remove('large'));
    expect(await run(() => spool.list())).toEqual([]);
  });

  test('A spool takes the same message twice as one, and removes it once and for all', async () => {
    const { spool, run } = place;
    await run(() => spool.put({ message: message('a'), spooledAt: startAt }));
    await run(() => spool.put({ message: message('a'), spooledAt: startAt }));
    expect(await run(() => spool.list())).toHaveLength(1);
    await run(() => spool.remove('a'));
    await run(() => spool.remove('a'));
    expect(await run(() => spool.list())).toEqual([]);
  });
});
