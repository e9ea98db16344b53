import { Cloud } from '../../src/cloud/cloud';
import type { CloudFormationTemplate, Compiled } from '../../src/template/compiled';
import { installStack } from '../../src/cloudformation/install';

const compiledOf = (Resources: object): Compiled => ({
  hash: 'h',
  template: { Resources } as CloudFormationTemplate,
  bundles: {},
});

const regions = ['eu-west-1', 'eu-central-1', 'eu-west-2'];

const properties = {
  TableName: 'requests',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  Replicas: [{ Region: 'eu-west-1' }, { Region: 'eu-central-1' }],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};
const strong = { MultiRegionConsistency: 'STRONG', GlobalTableWitnesses: [{ Region: 'eu-west-2' }] };

const installed = async (more: object, cloud = Cloud.make({ regions }), region = 'eu-west-1') => {
  const Table = { Type: 'AWS::DynamoDB::GlobalTable', Properties: { ...properties, ...more } };
  await installStack(cloud, compiledOf({ Table }), {
    region,
    stackName: 'shop',
  });
  return cloud;
};
const tableIn = (cloud: Cloud, region: string) =>
  cloud.region(region).service('dynamodb').state.tables.requests;

describe('AWS::DynamoDB::GlobalTable', () => {
  test('Is in all its regions, each replica with the ARN of its own', async () => {
    const cloud = await installed({});
    expect(tableIn(cloud, 'eu-west-1')?.global).toEqual({
      consistency: 'EVENTUAL',
      replicas: ['eu-west-1', 'eu-central-1'],
    });
    expect(tableIn(cloud, 'eu-central-1')?.arn).toContain(':eu-central-1:');
    expect(tableIn(cloud, 'eu-west-2')).toBeUndefined();
  });

  test('Is strong with a witness, which holds no items', async () => {
    const cloud = await installed(strong);
    expect(tableIn(cloud, 'eu-central-1')?.global).toMatchObject({
      consistency: 'STRONG',
      witness: 'eu-west-2',
    });
    expect(tableIn(cloud, 'eu-west-2')).toBeUndefined();
  });

  test('Keeps its items when its stack is updated; the stack of another region cannot have it, too', async () => {
    const cloud = await installed(strong);
    const item = { id: { S: 'a' } };
    const table = tableIn(cloud, 'eu-west-1');
    if (table) table.partitions['S:a'] = { '': item };
    await installed(strong, cloud);
    await expect(installed(strong, cloud, 'eu-central-1')).rejects.toThrow(/already exists/);
    expect(tableIn(cloud, 'eu-west-1')?.partitions).toEqual({ 'S:a': { '': item } });
  });

  test('Goes from all regions with its stack', async () => {
    const cloud = await installed({});
    await installStack(cloud, compiledOf({}), {
      region: 'eu-west-1',
      stackName: 'shop',
    });
    expect(tableIn(cloud, 'eu-west-1')).toBeUndefined();
    expect(tableIn(cloud, 'eu-central-1')).toBeUndefined();
  });

  test.each([
    [{ StreamSpecification: undefined }, 'StreamSpecification is required'],
    [{ Replicas: [{ Region: 'eu-central-1' }] }, 'must be among the replicas'],
    [{ Replicas: [{ Region: 'eu-west-1' }, { Region: 'us-east-1' }] }, 'does not have the Region us-east-1'],
    [{ ...strong, GlobalTableWitnesses: [] }, 'exactly three Regions'],
    [{ ...strong, TimeToLiveSpecification: { AttributeName: 'x', Enabled: true } }, 'not supported'],
    [{ GlobalTableWitnesses: [{ Region: 'eu-west-2' }] }, 'strong consistency only'],
  ])('Is refused with %j', async (more, message) => {
    await expect(installed(more)).rejects.toThrow(message);
  });
});
