import { dynamodb } from '../../contracts/dynamodb';
import { dynaliteHost } from '../../contracts/hosts/dynalite';
import { holdContract } from '../../contracts/run';
import type { Host } from '../../contracts/world';

let host: Host;

beforeAll(async () => {
  host = await dynaliteHost();
});

afterAll(() => host.close());

test.each(dynamodb.map((contract) => [contract.holds, contract] as const))(
  'A DynamoDB that others wrote %s, or does otherwise as it is written down',
  async (_holds, contract) => {
    const { outcome, problem, unknown } = await holdContract(contract, host);
    expect(problem).toBeUndefined();
    const isKnown = contract.differs?.dynalite !== undefined;
    // dynalite does not support transactions.
    const expected = unknown === 'TransactWriteItems' ? 'unknown' : isKnown ? 'differs' : 'same';
    expect(outcome).toBe(expected);
  },
);
