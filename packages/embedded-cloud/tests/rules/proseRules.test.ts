/** Rules that stand only in the prose of AWS's documentation. Each case is refused, and the one beside it is not. */
import { Cloud } from '../../src/cloud/cloud';
import { populate, parseDescription } from '../../src/description/build';
import { cloudOptions } from '../../src/description/options';

const cloudOf = () => {
  const parsed = parseDescription({ groups: { web: { version: 'v1', instances: 1, max: 60 } } });
  const cloud = Cloud.make(cloudOptions(parsed));
  populate(cloud, parsed);
  const region = cloud.region(cloud.home);
  const call = (service: string, action: string, input: object) =>
    cloud.run(() => cloud.answer(cloud.home, cloud.person(), service, action, input));
  return { cloud, region, call };
};

const alarm = (more: object) => ({
  AlarmName: 'errors',
  MetricName: 'Errors',
  Namespace: 'Shop',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanThreshold',
  ...more,
});
const dimension = (Name: string, Value: string) => alarm({ Dimensions: [{ Name, Value }] });
const ids = (count: number, prefix = 'i-') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index.toString(16).padStart(17, '0')}`);
const group = { AutoScalingGroupName: 'web' };
const steps = (by: number) => ({
  ...group,
  PolicyName: 'exact',
  PolicyType: 'StepScaling',
  AdjustmentType: 'ExactCapacity',
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: by }],
});

test.each([
  ['cloudwatch', 'PutMetricAlarm', alarm({ AlarmName: 'a\nb' }), 'ASCII control characters'],
  ['cloudwatch', 'PutMetricAlarm', dimension('Größe', 'x'), 'Dimensions.Name must contain only ASCII'],
  ['cloudwatch', 'PutMetricAlarm', dimension(':a', 'x'), 'not start with a colon'],
  ['cloudwatch', 'PutMetricAlarm', dimension('a', '  '), 'at least one non-whitespace'],
  ['cloudwatch', 'PutMetricAlarm', dimension('a', 'b\tc'), 'Dimensions.Value must contain only ASCII'],
  [
    'cloudwatch',
    'PutMetricData',
    {
      Namespace: 'Shop',
      MetricData: [{ MetricName: 'a', Value: 1, Dimensions: [{ Name: 'ü', Value: '1' }] }],
    },
    'Dimensions.Name',
  ],
  ['autoscaling', 'PutScalingPolicy', steps(-1), 'you must specify a non-negative value'],
  ['autoscaling', 'SetInstanceProtection', { ...group, InstanceIds: ids(51) }, 'greater than 50'],
  ['autoscaling', 'EnterStandby', { ...group, InstanceIds: ids(21) }, 'greater than 20'],
  ['autoscaling', 'ExitStandby', { ...group, InstanceIds: ids(21) }, 'greater than 20'],
  [
    'autoscaling',
    'PutScheduledUpdateGroupAction',
    { ...group, ScheduledActionName: 'none', StartTime: new Date('2030-01-01') },
    'at least one of MaxSize, MinSize and DesiredCapacity',
  ],
  ['ec2', 'CreateTags', { Resources: ids(1_001), Tags: [{ Key: 'a', Value: 'b' }] }, 'resource IDs is 1000'],
  ['ssm', 'PutParameter', { Name: '/a', Type: 'String', Value: '{{ b }}' }, "can't nest another parameter"],
])('%s:%s refuses what AWS’s documentation refuses (%#)', async (service, action, input, message) => {
  await expect(cloudOf().call(service, action, input)).rejects.toThrow(message);
});

test.each([
  ['cloudwatch', 'PutMetricAlarm', alarm({ AlarmName: 'Fehler, größer' })],
  ['cloudwatch', 'PutMetricAlarm', dimension('Load Balancer', 'app/a b/1')],
  ['autoscaling', 'PutScalingPolicy', steps(0)],
])('%s:%s takes what is just inside (%#)', async (service, action, input) => {
  expect(await cloudOf().call(service, action, input)).toBeDefined();
});

test('Two scheduled actions of a group may not have one time, those of another group may', async () => {
  const { cloud, call } = cloudOf();
  const begun = cloud.now() + 3_600_000;
  const at = (ms: number) => new Date(begun + ms);
  const put = (ScheduledActionName: string, StartTime: Date) =>
    call('autoscaling', 'PutScheduledUpdateGroupAction', {
      ...group,
      ScheduledActionName,
      StartTime,
      MinSize: 1,
    });
  await put('first', at(60_000));
  await put('first', at(60_000));
  await expect(put('second', at(60_000))).rejects.toMatchObject({
    code: 'AlreadyExists',
    message: 'Scheduled action with this scheduled start time already exists',
  });
  await put('second', at(61_000));
});

test('An event’s type has at most 128 characters', async () => {
  const { call } = cloudOf();
  const put = async (length: number) =>
    (await call('events', 'PutEvents', {
      Entries: [{ Source: 'shop', DetailType: 'x'.repeat(length), Detail: '{}' }],
    })) as { FailedEntryCount: number };
  expect((await put(128)).FailedEntryCount).toBe(0);
  expect(await put(129)).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InvalidArgument' }] });
});

test.each(['\u0001', '\ufffe', '\uffff', '\ud800'])('A message may not hold %j', async (character) => {
  const { call } = cloudOf();
  const { QueueUrl } = (await call('sqs', 'CreateQueue', { QueueName: 'inbox' })) as { QueueUrl: string };
  await expect(call('sqs', 'SendMessage', { QueueUrl, MessageBody: `a${character}` })).rejects.toMatchObject({
    code: 'InvalidMessageContents',
  });
  expect(
    await call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'a\t\r\n\u00e9\u{1f600}' }),
  ).toHaveProperty('MessageId');
});

test('A filter of a query may not name a key of what is asked, that of a scan may', async () => {
  const { call, region } = cloudOf();
  await call('dynamodb', 'CreateTable', {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
  });
  expect(region.service('dynamodb').state.tables).toHaveProperty('things');
  const values = { ':id': { S: 'a' } };
  const query = (FilterExpression: string) =>
    call('dynamodb', 'Query', {
      TableName: 'things',
      KeyConditionExpression: 'id = :id',
      FilterExpression,
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: values,
    });
  for (const filter of ['#at = :id', 'kind = :id AND (NOT begins_with(#at, :id))', 'size(#at) IN (:id)'])
    await expect(query(filter)).rejects.toThrow(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: at',
    );
  expect(await query('kind = :id AND attribute_exists(inner1.#at)')).toMatchObject({ Count: 0 });
  const scan = { TableName: 'things', FilterExpression: 'id = :id', ExpressionAttributeValues: values };
  expect(await call('dynamodb', 'Scan', scan)).toMatchObject({ Count: 0 });
});
