/** Stacks by change sets, as the Serverless Framework and `forseti install` make them. */
import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
  paginateDescribeStackEvents,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { ListTablesCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import { Cloud, type CloudState } from '../../src/cloud/cloud';

const region = 'eu-west-1';
const name = 'shop';

const resource = (Type: string, Properties: object, more: object = {}) => ({ Type, Properties, ...more });
const table = (TableName: string, DeletionPolicy?: string) =>
  resource(
    'AWS::DynamoDB::Table',
    {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
    DeletionPolicy === undefined ? {} : { DeletionPolicy },
  );
const queue = (QueueName: string, more: object = {}) => resource('AWS::SQS::Queue', { QueueName, ...more });
const role = resource('AWS::IAM::Role', { RoleName: 'worker', Policies: [] });
const lambda = (more: object = {}) =>
  resource('AWS::Lambda::Function', {
    FunctionName: 'work',
    Handler: 'functions/work.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    ...more,
  });

const make = (quotas: Readonly<Record<string, number>> = {}) => {
  const cloud = Cloud.make({ seed: 1, regions: [region], quotas });
  return use(cloud);
};

const use = (cloud: Cloud) => {
  const client = cloud.connect(region)(CloudFormationClient);
  const send = <Output>(work: () => Promise<Output>): Promise<Output> => cloud.run(work);
  const stack = async () => {
    const { Stacks: [found] = [] } = await send(() =>
      client.send(new DescribeStacksCommand({ StackName: name })),
    );
    return found;
  };
  const changeSet = async (Resources: object, more: Partial<CreateChangeSetCommandInput> = {}) => {
    const input = {
      StackName: name,
      ChangeSetName: 'change',
      ChangeSetType: 'CREATE' as const,
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      ...more,
    };
    await send(() => client.send(new CreateChangeSetCommand(input)));
    return send(() =>
      client.send(new DescribeChangeSetCommand({ StackName: name, ChangeSetName: 'change' })),
    );
  };
  const execute = async () => {
    await send(() => client.send(new ExecuteChangeSetCommand({ StackName: name, ChangeSetName: 'change' })));
    await cloud.advance(60_000);
    return (await stack())?.StackStatus;
  };
  const deploy = async (Resources: object, more: Partial<CreateChangeSetCommandInput> = {}) => {
    await changeSet(Resources, more);
    return execute();
  };
  const resources = async () => {
    const { StackResourceSummaries: found = [] } = await send(() =>
      client.send(new ListStackResourcesCommand({ StackName: name })),
    );
    return found.map(({ LogicalResourceId: id }) => id).sort();
  };
  const events = async (id: string) => {
    const found: string[] = [];
    await send(async () => {
      for await (const page of paginateDescribeStackEvents({ client }, { StackName: id }))
        for (const one of page.StackEvents ?? [])
          found.push(
            `${one.LogicalResourceId ?? ''} ${one.ResourceStatus ?? ''}${one.ResourceStatusReason === undefined ? '' : `: ${one.ResourceStatusReason}`}`,
          );
    });
    return found.reverse();
  };
  const tables = async () =>
    (await send(() => cloud.connect(region)(DynamoDBClient).send(new ListTablesCommand({})))).TableNames;
  const remove = async (RetainResources?: string[]) => {
    await send(() =>
      client.send(new DeleteStackCommand({ StackName: name, ...(RetainResources && { RetainResources }) })),
    );
    await cloud.advance(60_000);
  };
  const { service } = { service: cloud.region(region).service('cloudformation') };
  return {
    cloud,
    client,
    send,
    stack,
    changeSet,
    execute,
    deploy,
    resources,
    events,
    tables,
    remove,
    service,
  };
};

test('A change set makes a stack, one resource after the other, with its events and outputs', async () => {
  const { changeSet, execute, resources, events, stack } = make();
  const described = await changeSet({ Table: table('orders'), Queue: queue('jobs') });
  expect(described).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(described.Changes?.map(({ ResourceChange: one }) => [one?.Action, one?.LogicalResourceId])).toEqual([
    ['Add', 'Table'],
    ['Add', 'Queue'],
  ]);
  expect((await stack())?.StackStatus).toBe('REVIEW_IN_PROGRESS');
  expect(await execute()).toBe('CREATE_COMPLETE');
  expect(await resources()).toEqual(['Queue', 'Table']);
  expect(await events(name)).toEqual([
    'shop REVIEW_IN_PROGRESS',
    'shop CREATE_IN_PROGRESS: User Initiated',
    'Table CREATE_IN_PROGRESS',
    'Table CREATE_COMPLETE',
    'Queue CREATE_IN_PROGRESS',
    'Queue CREATE_COMPLETE',
    'shop CREATE_COMPLETE',
  ]);
});

test('A name that somebody else has is refused, and the stack rolls back without touching what is theirs', async () => {
  const { cloud, deploy, events, tables, remove, stack } = make();
  const { TableName, ...properties } = table('orders').Properties as { TableName: string };
  cloud
    .region(region)
    .service('dynamodb')
    .putTable({ TableName, ...properties });
  expect(await deploy({ Queue: queue('jobs'), Table: table('orders') })).toBe('ROLLBACK_COMPLETE');
  const seen = await events(name);
  expect(seen).toContain(
    "Table CREATE_FAILED: Resource handler returned message: \"Resource of type 'AWS::DynamoDB::Table' with identifier 'orders' already exists.\"",
  );
  expect(seen).toContain('shop ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Table]. ');
  expect(await tables()).toEqual(['orders']);
  await expect(deploy({ Queue: queue('jobs') }, { ChangeSetType: 'UPDATE' })).rejects.toThrow(
    /is in ROLLBACK_COMPLETE state and can not be updated/,
  );
  await remove();
  await expect(stack()).rejects.toThrow('Stack with id shop does not exist');
  expect(await deploy({ Queue: queue('jobs') })).toBe('CREATE_COMPLETE');
});

test.each([
  ['Retain', ['orders']],
  ['RetainExceptOnCreate', []],
  [undefined, []],
])('After a creation that is rolled back, a table with the policy %s is %j', async (policy, left) => {
  const { service, deploy, tables } = make();
  service.fail({ act: 'create', number: 2, reason: 'no' });
  expect(await deploy({ Table: table('orders', policy), Queue: queue('jobs') })).toBe('ROLLBACK_COMPLETE');
  expect(await tables()).toEqual(left);
});

test.each([
  ['Retain', ['orders']],
  ['RetainExceptOnCreate', ['orders']],
  [undefined, []],
])('After a stack is deleted, a table with the policy %s is %j', async (policy, left) => {
  const { deploy, tables, remove } = make();
  await deploy({ Table: table('orders', policy) });
  await remove();
  expect(await tables()).toEqual(left);
});

test('A later stack takes over what an earlier one left, if it asks for that, and else is refused', async () => {
  const { deploy, remove, changeSet } = make();
  const resources = { Table: table('orders', 'RetainExceptOnCreate') };
  await deploy(resources);
  await remove();
  expect(await deploy(resources)).toBe('ROLLBACK_COMPLETE');
  await remove();
  const described = await changeSet(resources, { ImportExistingResources: true });
  expect(described.Changes?.[0]?.ResourceChange?.Action).toBe('Import');
});

test('What exists and has no deletion policy is not taken over', async () => {
  const { cloud, changeSet } = make();
  cloud
    .region(region)
    .service('dynamodb')
    .putTable(table('orders').Properties as never);
  expect(await changeSet({ Table: table('orders') }, { ImportExistingResources: true })).toMatchObject({
    Status: 'FAILED',
    StatusReason: expect.stringContaining('for successful import: [Table]') as string,
  });
});

test('An update changes and removes; without changes its change set fails in the known words', async () => {
  const { deploy, changeSet } = make();
  await deploy({ One: queue('one'), Two: queue('two') });
  const update = { ChangeSetType: 'UPDATE' as const };
  expect(
    await changeSet({ One: queue('one'), Two: queue('two') }, { ...update, ChangeSetName: 'change' }),
  ).toMatchObject({
    Status: 'FAILED',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
});

test('An update removes what is no longer there, after all else', async () => {
  const { cloud, deploy, resources, events } = make();
  await deploy({ One: queue('one'), Two: queue('two') });
  const next = { One: queue('one', { DelaySeconds: 5 }) };
  expect(await deploy(next, { ChangeSetType: 'UPDATE' })).toBe('UPDATE_COMPLETE');
  expect(await resources()).toEqual(['One']);
  expect(cloud.region(region).service('sqs').queue('one')?.delaySeconds).toBe(5);
  expect((await events(name)).slice(-4)).toEqual([
    'shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Two DELETE_IN_PROGRESS',
    'Two DELETE_COMPLETE',
    'shop UPDATE_COMPLETE',
  ]);
});

test('An update that fails is undone: changed properties come back, and what it made is gone', async () => {
  const { cloud, service, deploy, resources } = make();
  await deploy({ One: queue('one') });
  service.fail({ act: 'create', number: 2, reason: 'Rate exceeded' });
  const next = { Table: table('orders'), One: queue('one', { DelaySeconds: 5 }), Two: queue('two') };
  expect(await deploy(next, { ChangeSetType: 'UPDATE' })).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await resources()).toEqual(['One']);
  expect(cloud.region(region).service('sqs').queue('one')?.delaySeconds).toBe(0);
  expect(await deploy(next, { ChangeSetType: 'UPDATE' })).toBe('UPDATE_COMPLETE');
});

test('A rollback that fails itself can be continued, also by a cloud that was saved meanwhile', async () => {
  const first = make();
  await first.deploy({ One: queue('one') });
  first.service.fail({ act: 'create', number: 1, reason: 'no' });
  first.service.fail({ act: 'roll back', number: 2, reason: 'still no' });
  const next = { One: queue('one', { DelaySeconds: 5 }), Two: queue('two') };
  expect(await first.deploy(next, { ChangeSetType: 'UPDATE' })).toBe('UPDATE_ROLLBACK_FAILED');
  const saved = JSON.parse(JSON.stringify(first.cloud.snapshot())) as CloudState;
  const { cloud, client, send, stack } = use(Cloud.restore(saved));
  await send(() => client.send(new ContinueUpdateRollbackCommand({ StackName: name })));
  await cloud.advance(60_000);
  expect((await stack())?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(cloud.region(region).service('sqs').queue('one')?.delaySeconds).toBe(0);
});

test('A bucket with something in it keeps its stack from being deleted, until it is empty or retained', async () => {
  const { cloud, deploy, remove, stack, send, events } = make();
  await deploy({ Bucket: resource('AWS::S3::Bucket', { BucketName: 'shop-files' }) });
  const s3 = cloud.connect(region)(S3Client);
  await send(() => s3.send(new PutObjectCommand({ Bucket: 'shop-files', Key: 'a', Body: 'a' })));
  await remove();
  expect(await stack()).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'The following resource(s) failed to delete: [Bucket]. ',
  });
  expect((await events(name)).some((event) => /Bucket DELETE_FAILED: .*not empty/.test(event))).toBe(true);
  await remove(['Bucket']);
  await expect(stack()).rejects.toThrow('does not exist');
});

test('A function needs its code in the bucket, with the module of its handler', async () => {
  const zip = zipSync({ 'functions/work.mjs': strToU8('export const handler = 1;') });
  const code = (S3Key: string) => ({ Role: role, Work: lambda({ Code: { S3Bucket: 'shop-files', S3Key } }) });
  const { cloud, deploy, send, events, remove } = make();
  cloud.region(region).service('s3').createBucket('shop-files');
  const put = (Key: string, Body: Uint8Array) =>
    send(() =>
      cloud
        .connect(region)(S3Client)
        .send(new PutObjectCommand({ Bucket: 'shop-files', Key, Body })),
    );
  await put('good.zip', zip);
  await put('other.zip', zipSync({ 'functions/other.mjs': strToU8('1') }));
  for (const [key, words] of [
    ['none.zip', /Work CREATE_FAILED: .*NoSuchKey/],
    ['other.zip', /Work CREATE_FAILED: .*no module functions\/work/],
  ] as const) {
    expect(await deploy(code(key))).toBe('ROLLBACK_COMPLETE');
    expect((await events(name)).some((event) => words.test(event))).toBe(true);
    await remove();
  }
  expect(await deploy(code('good.zip'))).toBe('CREATE_COMPLETE');
});

test.each([
  [10, 5, 10],
  [104, 5, 100],
])('With a quota of %i, %i executions cannot be reserved', async (quota, reserved, least) => {
  const { deploy, events } = make({ 'L-B99A9384': quota });
  const stack = { Role: role, Work: lambda({ ReservedConcurrentExecutions: reserved }) };
  expect(await deploy(stack)).toBe('ROLLBACK_COMPLETE');
  expect((await events(name)).join('\n')).toContain(
    `decreases account's UnreservedConcurrentExecution below its minimum value of [${String(least)}]`,
  );
});

test.each<[string, object, Partial<CreateChangeSetCommandInput>, string]>([
  [
    'roles without the capability',
    { Role: role },
    { Capabilities: [] },
    'Requires capabilities : [CAPABILITY_NAMED_IAM]',
  ],
  ['a body that is too long', { Queue: queue('x'.repeat(52_000)) }, {}, 'less than or equal to 51200'],
  [
    'a template that is not in its bucket',
    {},
    { TemplateBody: undefined, TemplateURL: 'https://s3.eu-west-1.amazonaws.com/none/a.json' },
    'S3 error: The specified key does not exist.',
  ],
  [
    'an update of no stack',
    { Queue: queue('one') },
    { ChangeSetType: 'UPDATE' },
    'Stack [shop] does not exist',
  ],
  [
    'parameters that there are none of',
    { Queue: queue('one') },
    { Parameters: [{ ParameterKey: 'A', ParameterValue: 'b' }] },
    'Parameters: [A] do not exist in the template',
  ],
])('A change set is refused: %s', async (_what, resources, more, words) => {
  await expect(make().changeSet(resources, more)).rejects.toThrow(words);
});

test('A protected stack is not deleted', async () => {
  const { client, send, deploy, remove } = make();
  await deploy({ Queue: queue('one') });
  await send(() =>
    client.send(
      new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: true }),
    ),
  );
  await expect(remove()).rejects.toThrow('cannot be deleted while TerminationProtection is enabled');
});
