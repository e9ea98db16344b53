import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Cloud, makeSqs } from './embeddedCloud';
import { callers, faultsOf } from './faults';
import { Observer } from './observer';
import { home, type Plan, regions, type TableKind, witness } from './plan';

export const tables = { marks: 'marks', orders: 'orders', active: 'regions', spool: 'spool' } as const;
export const queues = { orders: 'orders', dead: 'orders-dead' } as const;

/** Longer than a function's time and its lease; a killed consumer's messages come back after so long. */
export const visibilitySeconds = 60;

/** The clients of one caller in one region. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
}

export interface SoakCloud {
  readonly cloud: Cloud;
  readonly observer: Observer;
  readonly clientsOf: (caller: keyof typeof callers, region: string) => Clients;
}

export const soakQueueUrl = (cloud: Cloud, region: string, name: string): string =>
  `https://sqs.${region}.amazonaws.com/${cloud.account}/${name}`;

const tableInput = (name: string) => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const },
});

const makeTables = (cloud: Cloud, kind: TableKind): void => {
  const options =
    kind === 'strong'
      ? { replicas: regions, consistency: 'STRONG', witness }
      : { replicas: regions, consistency: 'EVENTUAL' };
  const dynamodb = cloud.region(home).service('dynamodb');
  for (const name of [tables.marks, tables.orders, tables.active])
    dynamodb.putGlobalTable(tableInput(name), options);
  for (const region of regions)
    cloud.region(region).service('dynamodb').createTable(tableInput(tables.spool));
};

const makeQueues = (cloud: Cloud): void => {
  for (const name of regions) {
    const region = cloud.region(name);
    const sqs = region.service('sqs');
    sqs.createQueue({ name: queues.dead, retentionSeconds: 1_209_600 });
    sqs.createQueue({
      name: queues.orders,
      visibilityTimeoutSeconds: visibilitySeconds,
      redrive: { deadLetterTargetArn: region.arn('sqs', queues.dead), maxReceiveCount: 6 },
    });
  }
};

/** Two regions with their queues, spools, and three global tables of one kind: marks, orders, the active region. */
export const makeSoakCloud = (plan: Plan): SoakCloud => {
  const observer = new Observer(tables);
  const cloud = Cloud.make({
    seed: plan.seed,
    regions,
    services: { sqs: makeSqs, dynamodb: (region) => observer.watch(region) },
  });
  cloud.calls.isListing = false;
  makeTables(cloud, plan.table);
  makeQueues(cloud);
  cloud.faults = faultsOf(plan, cloud.startAt, () => cloud.now());
  return {
    cloud,
    observer,
    clientsOf: (caller, region) => {
      const connect = cloud.connect(region, cloud.person(callers[caller]));
      return {
        sqs: connect(SQSClient, { maxAttempts: 2 }),
        dynamodb: connect(DynamoDBClient, { maxAttempts: 2 }),
      };
    },
  };
};
