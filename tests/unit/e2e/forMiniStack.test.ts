import { forMiniStack } from '../../e2e/stacks/forMiniStack';

const template = {
  Conditions: { IsHome: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] } },
  Resources: {
    Document: { Type: 'AWS::SSM::Document', Properties: { Name: 'provision' } },
    Regions: {
      Type: 'AWS::DynamoDB::GlobalTable',
      DeletionPolicy: 'RetainExceptOnCreate',
      Condition: 'IsHome',
      Properties: {
        TableName: 'regions',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'AWS::Region' } } },
  },
};

test('MiniStack gets no documents, a table for a global one, and the name of the region in conditions', () => {
  expect(forMiniStack(template, 'us-east-1')).toEqual({
    Conditions: { IsHome: { 'Fn::Equals': ['us-east-1', { Ref: 'HomeRegion' }] } },
    Resources: {
      Regions: {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'RetainExceptOnCreate',
        Condition: 'IsHome',
        Properties: { TableName: 'regions', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      },
      Queue: template.Resources.Queue,
    },
  });
});
