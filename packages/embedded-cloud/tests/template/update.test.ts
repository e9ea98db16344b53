import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Cloud, type CloudState } from '../../src/cloud/cloud';
import type { CloudFormationTemplate } from '../../src/template/compiled';
import { installStack } from '../../src/cloudformation/install';

const region = 'eu-west-1';
const minuteMs = 60_000;
const queueUrl = `https://sqs.${region}.amazonaws.com/111122223333/jobs`;

const resource = (Type: string, Properties: object, more: object = {}) => ({ Type, Properties, ...more });
const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

const lambda = (FunctionName: string) =>
  resource('AWS::Lambda::Function', { FunctionName, Handler: 'functions/noop.handler', Role: arnOf('Role') });

const table = (key: string, more: object = {}) =>
  resource(
    'AWS::DynamoDB::Table',
    {
      TableName: 'deployments',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    },
    more,
  );

const document = (description: string) =>
  resource('AWS::SSM::Document', {
    Name: 'acme-provision',
    UpdateMethod: 'NewVersion',
    Content: {
      schemaVersion: '2.2',
      description,
      mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['true'] } }],
    },
  });

const rule = (ScheduleExpression: string, more: object = {}) =>
  resource('AWS::Events::Rule', {
    Name: 'sweep',
    ScheduleExpression,
    Targets: [{ Id: 'sweep', Arn: arnOf('Sweep') }],
    ...more,
  });

const role = (...actions: string[]) =>
  resource('AWS::IAM::Role', {
    RoleName: 'worker',
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
  });

const queueActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const resources = {
  Role: role(...queueActions),
  Table: table('id'),
  Queue: resource('AWS::SQS::Queue', { QueueName: 'jobs' }),
  Document: document('first'),
  Parameter: resource('AWS::SSM::Parameter', { Name: '/acme/mode', Type: 'String', Value: 'a' }),
  Work: lambda('work'),
  Sweep: lambda('sweep'),
  Mapping: resource('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: arnOf('Queue'),
    FunctionName: arnOf('Work'),
    BatchSize: 1,
  }),
  Permission: resource('AWS::Lambda::Permission', {
    FunctionName: arnOf('Sweep'),
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
  }),
  Rule: rule('rate(1 minute)'),
};

const without = (...names: (keyof typeof resources)[]) =>
  Object.fromEntries(
    Object.entries(resources).filter(([name]) => !(names as readonly string[]).includes(name)),
  );

const bundles = {
  'functions/noop': { file: 'functions/noop.cjs', text: 'exports.handler = async () => undefined;' },
};
const installOn = (cloud: Cloud, Resources: object) =>
  installStack(
    cloud,
    { hash: 'h', template: { Resources } as CloudFormationTemplate, bundles },
    { region, stackName: 'shop', resetCommand: 'tool reset' },
  );

const make = async (Resources: object = resources): Promise<Cloud> => {
  const cloud = Cloud.make({ seed: 3 });
  await installOn(cloud, Resources);
  return cloud;
};

/** Updates a cloud that went through JSON, like in a state file. */
const updated = async (cloud: Cloud, Resources: object): Promise<Cloud> => {
  const restored = Cloud.restore(JSON.parse(JSON.stringify(cloud.snapshot())) as CloudState);
  await installOn(restored, Resources);
  return restored;
};

const invocations = (cloud: Cloud, name: string): number =>
  cloud.region(region).service('lambda').state.invocations[name] ?? 0;

const send = (cloud: Cloud) =>
  cloud.run(() =>
    cloud
      .connect(region)(SQSClient)
      .send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{}' })),
  );

const invokedIn = async (cloud: Cloud, name: string, ms: number): Promise<number> => {
  const before = invocations(cloud, name);
  await cloud.advance(ms);
  return invocations(cloud, name) - before;
};

describe('A template that is installed once more', () => {
  test('Keeps the items of tables, also where another index comes', async () => {
    const cloud = await make();
    const Item = { id: { S: 'api' }, note: { S: 'kept' } };
    await cloud.run(() =>
      cloud
        .connect(region)(DynamoDBClient)
        .send(new PutItemCommand({ TableName: 'deployments', Item })),
    );
    const indexed = table('id');
    Object.assign(indexed.Properties, {
      AttributeDefinitions: ['id', 'note'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byNote',
          KeySchema: [{ AttributeName: 'note', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    const after = await updated(cloud, { ...resources, Table: indexed });
    const get = new GetItemCommand({ TableName: 'deployments', Key: { id: { S: 'api' } } });
    expect((await after.run(() => after.connect(region)(DynamoDBClient).send(get))).Item).toEqual(Item);
    expect(after.region(region).service('dynamodb').state.tables.deployments?.indexes).toHaveLength(1);
  });

  test('Refuses another key schema by name, and tells to reset', async () => {
    await expect(updated(await make(), { ...resources, Table: table('name') })).rejects.toThrow(
      /Table .*deployments has another key schema .*\(id \(S\), now name \(S\)\).*tool reset/,
    );
  });

  test('Keeps the messages of queues, and a mapping invokes once a message', async () => {
    const cloud = await make();
    await send(cloud);
    const after = await updated(cloud, resources);
    expect(Object.keys(after.region(region).service('sqs').state.mappings)).toHaveLength(1);
    await send(after);
    expect(await invokedIn(after, 'work', 10 * minuteMs)).toBe(2);
    expect(after.region(region).service('sqs').count('jobs').visible).toBe(0);
  });

  test('Lets a mapping that is new find what lies in the queue', async () => {
    const cloud = await make(without('Mapping'));
    await send(cloud);
    await cloud.advance(minuteMs);
    const after = await updated(cloud, resources);
    expect(await invokedIn(after, 'work', minuteMs)).toBe(1);
  });

  test('Ends the polls of a mapping that is gone', async () => {
    const cloud = await make();
    await send(cloud);
    const after = await updated(cloud, without('Mapping'));
    expect(await invokedIn(after, 'work', minuteMs)).toBe(0);
    expect(after.region(region).service('sqs').count('jobs').visible).toBe(1);
  });

  test.each([
    ['the same schedule', rule('rate(1 minute)'), 10],
    ['another schedule', rule('rate(2 minutes)'), 5],
    ['another kind of schedule', rule('cron(* * * * ? *)'), 10],
    ['a rule that is disabled', rule('rate(1 minute)', { State: 'DISABLED' }), 0],
  ])('Fires as often as the rule says after two updates: %s', async (_what, changed, count) => {
    const cloud = await make();
    await cloud.advance(10_000);
    const once = await updated(cloud, { ...resources, Rule: changed });
    await once.advance(10_000);
    const twice = await updated(once, { ...resources, Rule: changed });
    expect(await invokedIn(twice, 'sweep', 10 * minuteMs)).toBe(count);
  });

  test('Fires once a minute where the rule was removed and came back at the same instant', async () => {
    const gone = await updated(await make(), without('Rule'));
    expect(gone.region(region).service('events').state.rules).toEqual({});
    const back = await updated(gone, resources);
    expect(await invokedIn(back, 'sweep', 10 * minuteMs + 1_000)).toBe(10);
  });

  test('Goes on with the schedule of a cloud that was saved before schedules were numbered', async () => {
    const cloud = await make();
    const old = JSON.parse(JSON.stringify(cloud.snapshot()), (key, value: unknown) =>
      key === 'nextAt' ? undefined : value,
    ) as CloudState;
    // Ticks of that version had no `at`.
    const { entries } = cloud.snapshot().agenda;
    const agenda = {
      ...old.agenda,
      entries: entries.map((entry) => ({ ...entry, payload: { rule: 'sweep' } })),
    };
    const restored = Cloud.restore({ ...old, agenda });
    await installOn(restored, resources);
    expect(await invokedIn(restored, 'sweep', 5 * minuteMs + 1_000)).toBe(5);
  });

  test('Gives documents a version, parameters a value and roles other permissions', async () => {
    const after = await updated(await make(), {
      ...resources,
      Document: document('second'),
      Parameter: resource('AWS::SSM::Parameter', { Name: '/acme/mode', Type: 'String', Value: 'b' }),
      Role: role(...queueActions, 'ec2:DescribeInstances'),
    });
    const again = await updated(after, { ...resources, Document: document('second') });
    const { documents, parameters } = again.region(region).service('ssm').state;
    expect(documents['acme-provision']).toMatchObject({ defaultVersion: '2', latestVersion: '2' });
    expect(documents['acme-provision']?.versions['2']?.content).toContain('second');
    expect(parameters['/acme/mode']?.versions.map(({ value }) => value)).toEqual(['a', 'b', 'a']);
    expect(JSON.stringify(after.roles)).toContain('ec2:DescribeInstances');
    expect(JSON.stringify(again.roles)).not.toContain('ec2:DescribeInstances');
    expect(again.region(region).service('events').state.permissions).toHaveLength(1);
  });

  test('Puts an alarm once more only where it is another', async () => {
    const alarm = (Threshold: number) =>
      resource('AWS::CloudWatch::Alarm', {
        AlarmName: 'dead',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold,
        ComparisonOperator: 'GreaterThanThreshold',
      });
    const cloud = await make({ ...resources, Alarm: alarm(0) });
    const madeAt = cloud.now();
    await cloud.advance(minuteMs);
    const same = await updated(cloud, { ...resources, Alarm: alarm(0) });
    expect(same.region(region).service('cloudwatch').alarm('dead')?.configuredAt).toBe(madeAt);
    const other = await updated(same, { ...resources, Alarm: alarm(5) });
    expect(other.region(region).service('cloudwatch').alarm('dead')).toMatchObject({
      configuration: { Threshold: 5 },
      configuredAt: madeAt + minuteMs,
    });
  });

  test('Removes what an earlier template made, and nothing else', async () => {
    const cloud = await make();
    cloud.region(region).service('ssm').putParameter({ Name: '/mine', Value: 'v', Type: 'String' });
    const after = await updated(cloud, without('Sweep', 'Rule', 'Permission', 'Parameter', 'Table'));
    const here = after.region(region);
    expect(Object.keys(here.service('lambda').state.functions)).toEqual(['work']);
    expect(here.service('events').state).toMatchObject({ rules: {}, permissions: [] });
    expect(Object.keys(here.service('ssm').state.parameters)).toEqual(['/mine']);
    expect(here.service('dynamodb').state.tables).toEqual({});
    expect(await invokedIn(after, 'sweep', 5 * minuteMs)).toBe(0);
  });

  test('Retains what is to be retained', async () => {
    const cloud = await make({ ...resources, Table: table('id', { DeletionPolicy: 'Retain' }) });
    const after = await updated(cloud, without('Table'));
    expect(Object.keys(after.region(region).service('dynamodb').state.tables)).toEqual(['deployments']);
  });

  test('Is refused where two resources have one name', async () => {
    await expect(make({ ...resources, Other: lambda('work') })).rejects.toThrow(
      'holds work (AWS::Lambda::Function) twice: as Work and as Other',
    );
  });
});
