import { makeDynamoDb } from '../../src/services/dynamodb';
import { makeFakeRegion } from '../support/fakeRegion';

/** A region with a table that has a partition key, a sort key, and an index by state. */
export const withTable = () => {
  const region = makeFakeRegion();
  const dynamodb = region.add('dynamodb', makeDynamoDb(region));
  dynamodb.createTable({
    TableName: 'deployments',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'deployment', KeyType: 'HASH' },
      { AttributeName: 'step', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'deployment', AttributeType: 'S' },
      { AttributeName: 'step', AttributeType: 'N' },
      { AttributeName: 'phase', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byPhase',
        KeySchema: [
          { AttributeName: 'phase', KeyType: 'HASH' },
          { AttributeName: 'step', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  const send = <Output = Record<string, unknown>>(action: string, input: object) =>
    region.send<Output>('dynamodb', action, { TableName: 'deployments', ...input });
  return { region, dynamodb, send };
};

export const key = (deployment: string, step: number) => ({
  deployment: { S: deployment },
  step: { N: String(step) },
});
