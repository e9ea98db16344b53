import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Cloud, makeDynamoDb } from '@forseti/embedded-cloud';
import type { Environment } from '../../../lib/aws/environment';

export const environment: Environment = {
  region: 'eu-west-1',
  service: 'forseti',
  stage: 'test',
  functionName: 'forseti-test-Step',
  tables: {
    deployments: 'forseti-test-deployments',
    releases: 'forseti-test-releases',
    locks: 'forseti-test-locks',
    waits: 'forseti-test-waits',
    requests: 'forseti-test-requests',
  },
  waitingQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/forseti-test-waiting',
  topics: {
    notifications: 'arn:aws:sns:eu-west-1:111122223333:forseti-test-notifications',
    paging: 'arn:aws:sns:eu-west-1:111122223333:forseti-test-paging',
  },
  deployMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:forseti-test-deploy',
  rollbackMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:forseti-test-rollback',
  mendMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:forseti-test-mend',
  settingsPrefix: '/forseti/test/applications',
  documents: { provision: 'forseti-test-provision', seal: 'forseti-test-seal' },
  outputBucket: 'forseti-test-output',
};

interface TableResource {
  readonly Type: string;
  readonly Properties: { readonly TableName: string };
}

/** A cloud with only the stack's tables, from resources/tables.yml. */
export const cloudWithTables = (): { cloud: Cloud; dynamodb: DynamoDBClient } => {
  const cloud = Cloud.make({ services: { dynamodb: makeDynamoDb } });
  const { Resources: resources } = parse(readFileSync('resources/tables.yml', 'utf8')) as {
    Resources: Record<string, TableResource>;
  };
  const service = cloud.region('eu-west-1').service('dynamodb');
  for (const { Properties: properties } of Object.values(resources))
    service.createTable({
      ...properties,
      TableName: properties.TableName.replace('${self:custom.prefix}', 'forseti-test'),
    });
  return { cloud, dynamodb: cloud.connect('eu-west-1')(DynamoDBClient) };
};
