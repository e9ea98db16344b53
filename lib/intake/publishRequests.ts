import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { activeRegionInTable, type Publisher, publisher } from '@forseti/messaging';
import { allOf, inRegion } from '../failover/regions';
import type { FailoverEnvironment } from '../failover/environment';
import { activeName } from '../failover/regionsTable';

export interface PublishingParts {
  readonly sqs: (region: string) => SQSClient;
  readonly dynamodb: (region: string) => DynamoDBClient;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
}

/** Publishes requests to the active region, and where that does not take them, to the other. */
export const requestsPublisher = (
  { regions, regionsTable, requestsQueueUrl }: FailoverEnvironment,
  { sqs, dynamodb, clock, newId }: PublishingParts,
): Publisher => {
  const { here, other } = regions;
  const near = other === undefined ? [] : [dynamodb(here), dynamodb(other)];
  return publisher({
    clock,
    newId,
    destinations: (other === undefined ? [here] : allOf(regions)).map((region) => ({
      region,
      client: sqs(region),
      queueUrl: inRegion(requestsQueueUrl, here, region),
    })),
    ...(near.length > 0 && {
      activeRegion: activeRegionInTable({
        clients: near,
        tableName: regionsTable,
        key: { name: activeName },
      }),
    }),
  });
};
