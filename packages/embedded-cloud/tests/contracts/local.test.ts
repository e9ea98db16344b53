import { contracts } from '../../contracts';
import { localHost } from '../../contracts/hosts/local';
import { holdContract } from '../../contracts/run';
import { observeRequests } from '../../src/cloud/observers';

const host = localHost();

// Excludes the contracts' own requests from the corpus, which is to hold only requests of the project's code.
beforeAll(() => {
  observeRequests(undefined);
});

describe.each([...new Set(contracts.map(({ service }) => service))])("The local cloud's %s", (service) => {
  const mine = contracts.filter((contract) => contract.service === service);
  test.each(mine.map((contract) => [contract.holds, contract] as const))('%s', async (_holds, contract) => {
    const { outcome, problem } = await holdContract(contract, host);
    expect({ outcome, problem }).toEqual({ outcome: 'same', problem: undefined });
  });
});
