import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Contract } from '../../contracts/contract';
import { mismatches } from '../../contracts/match';
import { holdContract } from '../../contracts/run';
import type { Host } from '../../contracts/world';

/** A host that gives the same answer, or the same refusal, to every call. */
const answering = (answer: unknown): Host =>
  // The parts of a host that these contracts use.
  ({
    name: 'moto',
    connect: () => ({
      send: async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      },
      destroy: () => undefined,
    }),
    run: (work: () => Promise<unknown>) => work(),
  }) as unknown as Host;

const refusal = (name: string, status = 400): Error =>
  Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode: status } });

const ask = new DescribeTableCommand({ TableName: 'seats' });

const contract = (more: Partial<Contract> = {}): Contract => ({
  service: 'dynamodb',
  holds: 'tells the state of a table',
  run: async (world) => {
    await world.see(DynamoDBClient, ask, { Table: { TableStatus: 'ACTIVE' } });
  },
  ...more,
});

const differs = { moto: { at: 'DescribeTable', does: 'is slow', source: 'https://docs.aws.amazon.com/' } };
const active = { Table: { TableStatus: 'ACTIVE', ItemCount: 3 } };

test('A host that answers as the contract says is the same', async () => {
  const result = await holdContract(contract(), answering(active));
  expect(result).toMatchObject({ outcome: 'same', seen: ['DescribeTable'] });
  expect(result.problem).toBeUndefined();
});

test('Another answer, and a refusal, are differences and problems', async () => {
  const other = await holdContract(contract(), answering({ Table: { TableStatus: 'CREATING' } }));
  expect(other).toMatchObject({
    outcome: 'differs',
    seen: [],
    problem: expect.stringContaining('TableStatus: "CREATING"') as string,
  });
  const refused = await holdContract(contract(), answering(refusal('AccessDenied')));
  expect(refused).toMatchObject({
    outcome: 'differs',
    problem: expect.stringContaining('refused: AccessDenied') as string,
  });
});

test('A difference that is written down is no problem, until the host agrees', async () => {
  const slow = await holdContract(contract({ differs }), answering({ Table: { TableStatus: 'CREATING' } }));
  expect([slow.outcome, slow.problem]).toEqual(['differs', undefined]);
  const agreeing = await holdContract(contract({ differs }), answering(active));
  expect(agreeing.problem).toMatch(/agrees now at DescribeTable: remove the difference/);
});

test('A difference at another action than the one that is written down is a problem', async () => {
  const elsewhere = { moto: { ...differs.moto, at: 'ListTables' } };
  const result = await holdContract(contract({ differs: elsewhere }), answering({}));
  expect(result.problem).toMatch(/DescribeTable/);
});

test.each(['UnknownOperationException', 'InvalidAction', 'NotImplemented'])(
  'A host that refuses with %s does not know the action, which proves nothing',
  async (name) => {
    const result = await holdContract(contract(), answering(refusal(name)));
    expect(result).toMatchObject({ outcome: 'unknown', unknown: 'DescribeTable', seen: [] });
  },
);

test('What cannot be tried on a host is not tried', async () => {
  const result = await holdContract(contract({ notOn: { moto: 'no tables' } }), answering(active));
  expect(result).toMatchObject({ outcome: 'not tried', seen: [] });
});

test.each([
  [{ a: 1 }, { a: 1, b: 2 }, 0],
  [{ a: 1 }, { a: 2 }, 1],
  [{ a: undefined }, {}, 0],
  [{ a: undefined }, { a: 0 }, 1],
  [[1, 2], [1, 2], 0],
  [[1], [1, 2], 1],
  [/^i-/, 'i-1', 0],
  [/^i-/, undefined, 1],
  [(value: number) => value > 1, 2, 0],
  [(value: number) => value > 1, 1, 1],
  [{ a: { b: 'c', d: 'e' } }, { a: {} }, 2],
])('What is expected as %p of %p is missed in %d places', (expected, value, places) => {
  // The table has every kind of expectation.
  expect(mismatches(expected as never, value)).toHaveLength(places);
});
