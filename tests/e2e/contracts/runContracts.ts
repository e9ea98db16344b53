import { contracts } from '../../../packages/embedded-cloud/contracts';
import type { Contract } from '../../../packages/embedded-cloud/contracts/contract';
import { dynaliteHost } from '../../../packages/embedded-cloud/contracts/hosts/dynalite';
import { endpointHost } from '../../../packages/embedded-cloud/contracts/hosts/endpoint';
import { localHost } from '../../../packages/embedded-cloud/contracts/hosts/local';
import { holdContract, type Result } from '../../../packages/embedded-cloud/contracts/run';
import type { Host } from '../../../packages/embedded-cloud/contracts/world';

export interface Endpoints {
  readonly ministack: string;
  readonly moto: string;
}

const all = async (host: Host, wanted: readonly Contract[] = contracts): Promise<Result[]> => {
  const results: Result[] = [];
  try {
    for (const contract of wanted) results.push(await holdContract(contract, host));
  } finally {
    await host.close();
  }
  return results;
};

/** Holds every contract on the local cloud, on both emulators, and those of DynamoDB on dynalite. */
export const runContracts = async ({ ministack, moto }: Endpoints): Promise<readonly Result[]> => {
  // The local cloud's time is virtual, for everything in this process: it comes first, and alone.
  const local = await all(localHost());
  const foreign = await Promise.all([
    all(endpointHost('ministack', ministack)),
    all(endpointHost('moto', moto)),
    all(
      await dynaliteHost(),
      contracts.filter(({ service }) => service === 'dynamodb'),
    ),
  ]);
  return [...local, ...foreign.flat()];
};
