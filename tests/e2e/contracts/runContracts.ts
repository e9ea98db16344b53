import {
  type Contract,
  contracts,
  dynaliteHost,
  endpointHost,
  holdContract,
  type Host,
  localHost,
  type Result,
} from '@forseti/embedded-cloud/contracts';

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
