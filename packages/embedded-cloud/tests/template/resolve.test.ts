import type { CloudFormationTemplate, Json } from '../../src/template/compiled';
import { resolveTemplate } from '../../src/template/resolve';

const place = {
  region: 'eu-west-1',
  account: '111122223333',
  partition: 'aws',
  stackName: 'acme-test',
} as const;

const template = (value: Json, more: Partial<CloudFormationTemplate> = {}): CloudFormationTemplate => ({
  ...more,
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'waiting' } },
    Table: { Type: 'AWS::DynamoDB::Table' },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${AWS::Region}-paging' } } },
    Holder: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/a', Value: value } },
    ...more.Resources,
  },
});

const valueOf = (value: Json, more: Partial<CloudFormationTemplate> = {}, imports = {}): unknown => {
  const resources = resolveTemplate(template(value, more), { ...place, imports });
  return resources.find(({ logicalId }) => logicalId === 'Holder')?.properties.Value;
};

const conditions = {
  Conditions: {
    Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    Always: { 'Fn::Not': [{ Condition: 'Never' }] },
    Both: { 'Fn::And': [{ Condition: 'Always' }, { Condition: 'Never' }] },
    Either: { 'Fn::Or': [{ Condition: 'Always' }, { Condition: 'Never' }] },
  },
};

describe('An intrinsic function', () => {
  test.each<[string, Json, unknown]>([
    [
      'Ref to a queue is its URL',
      { Ref: 'Queue' },
      'https://sqs.eu-west-1.amazonaws.com/111122223333/waiting',
    ],
    ['Ref to an unnamed table is a name of the stack', { Ref: 'Table' }, 'acme-test-Table-3KHKA0YMYUGX'],
    ['Ref to a topic is its ARN', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:111122223333:eu-west-1-paging'],
    ['GetAtt takes a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:111122223333:waiting'],
    ['GetAtt takes a dotted name', { 'Fn::GetAtt': 'Queue.QueueName' }, 'waiting'],
    [
      'Sub puts in names, attributes and variables, and leaves what is escaped',
      {
        'Fn::Sub': [
          '${Table}/${Queue.Arn}/${own}/${!kept}/${AWS::Partition}',
          { own: { Ref: 'AWS::AccountId' } },
        ],
      },
      'acme-test-Table-3KHKA0YMYUGX/arn:aws:sqs:eu-west-1:111122223333:waiting/111122223333/${kept}/aws',
    ],
    ['Join joins', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::StackName' }]] }, 'a-acme-test'],
    ['Select chooses of what Split split', { 'Fn::Select': ['1', { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
    ['Base64 encodes', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['If follows a condition', { 'Fn::If': ['Both', 'yes', { 'Fn::If': ['Either', 'one', 'none'] }] }, 'one'],
    [
      'NoValue leaves the member out',
      { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] },
      { b: [1] },
    ],
    ['FindInMap looks up', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, 1],
    ['ImportValue takes another stack’s export', { 'Fn::ImportValue': 'shared' }, 'theirs'],
    ['Ref to a parameter is its default', { Ref: 'Stage' }, 'production'],
  ])('%s', (_what, value, resolved) => {
    const more = {
      ...conditions,
      Mappings: { Sizes: { 'eu-west-1': { small: 1 } } },
      Parameters: { Stage: { Type: 'String', Default: 'production' } },
    };
    expect(valueOf(value, more, { shared: 'theirs' })).toEqual(resolved);
  });
});

describe('A template', () => {
  test('Leaves out resources whose condition does not hold', () => {
    const Resources = { Gone: { Type: 'AWS::SNS::Topic', Condition: 'Never' } };
    const ids = resolveTemplate(template('v', { ...conditions, Resources }), place).map(
      ({ logicalId }) => logicalId,
    );
    expect(ids).not.toContain('Gone');
  });

  test('Is refused with every problem by name', () => {
    const Resources = {
      Cache: { Type: 'AWS::ElastiCache::CacheCluster' },
      Wrong: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::Cidr': ['a'] } } },
      Lost: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: 'Nothing' } } },
      Self: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Self', 'TopicName'] } } },
    };
    const resolve = () =>
      resolveTemplate(template({ 'Fn::GetAtt': ['Queue', 'Colour'] }, { Resources }), place);
    for (const problem of [
      'Cache: resources of type AWS::ElastiCache::CacheCluster are not modelled',
      'Wrong: unknown function Fn::Cidr',
      'Lost: no resource Nothing',
      "Self: Self's name refers to itself",
      'Holder: Queue has no attribute Colour',
    ]) {
      expect(resolve).toThrow(problem);
    }
  });
});
