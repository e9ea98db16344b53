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
  /** Only where there is Java. */
  readonly elasticmq?: string;
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

/**
 * Runs every contract on the embedded cloud and on both emulators, those of DynamoDB on dynalite, and those of SQS on
 * ElasticMQ.
 */
export const runContracts = async ({ ministack, moto, elasticmq }: Endpoints): Promise<readonly Result[]> => {
  // The embedded cloud makes the time of this whole process virtual, so it runs first and alone.
  const local = await all(localHost());
  const foreign = await Promise.all([
    all(endpointHost('ministack', ministack)),
    all(endpointHost('moto', moto)),
    all(
      await dynaliteHost(),
      contracts.filter(({ service }) => service === 'dynamodb'),
    ),
    elasticmq === undefined
      ? []
      : all(
          endpointHost('elasticmq', elasticmq),
          contracts.filter(({ service }) => service === 'sqs'),
        ),
  ]);
  return [...local, ...foreign.flat()];
};
