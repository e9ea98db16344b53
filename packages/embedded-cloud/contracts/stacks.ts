/** What an installation calls: CloudFormation, its bucket, and what it looks at before. */
import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Contract, contractsOf } from './contract';
import type { World } from './world';

const untried = 'not tried there by a contract; the scenario of the accounts uses it (docs/e2e.md)';
const notOn = { moto: untried } as const;

const bucketTemplate = (more: object = {}): string =>
  JSON.stringify({ Resources: { Files: { Type: 'AWS::S3::Bucket', ...more } } });

/** Asks until the stack has that status. */
const until = async (world: World, StackName: string, status: string): Promise<string> => {
  for (let tries = 0; ; tries += 1) {
    const { Stacks: [stack] = [] } = await world.see(
      CloudFormationClient,
      new DescribeStacksCommand({ StackName }),
      { Stacks: [{ StackName }] },
    );
    if (stack?.StackStatus === status) return stack.StackId ?? '';
    if (tries > 100)
      throw new Error(`${StackName} is ${stack?.StackStatus ?? 'nowhere'}, and not ${status}.`);
    await world.host.pause();
  }
};

/** A stack of one bucket. @returns the bucket's name */
const makeStack = async (world: World, StackName: string): Promise<string> => {
  const named = { StackName, ChangeSetName: 'make' };
  await world.see(
    CloudFormationClient,
    new CreateChangeSetCommand({ ...named, ChangeSetType: 'CREATE', TemplateBody: bucketTemplate() }),
    { Id: /:changeSet\/make\//, StackId: /:stack\// },
  );
  await world.see(CloudFormationClient, new DescribeChangeSetCommand(named), {
    Status: 'CREATE_COMPLETE',
    Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'Files' } }],
  });
  await world.see(CloudFormationClient, new ExecuteChangeSetCommand(named), {});
  await until(world, StackName, 'CREATE_COMPLETE');
  const { StackResourceSummaries: [resource] = [] } = await world.see(
    CloudFormationClient,
    new ListStackResourcesCommand({ StackName }),
    { StackResourceSummaries: [{ LogicalResourceId: 'Files', ResourceStatus: 'CREATE_COMPLETE' }] },
  );
  return resource?.PhysicalResourceId ?? '';
};

const stack = contractsOf('cloudformation');
const bucket = contractsOf('s3');

export const stacks: readonly Contract[] = [
  stack(
    'makes a stack by a change set, shows its template and events, and removes it',
    async (world) => {
      const StackName = world.name('stack');
      await makeStack(world, StackName);
      await world.see(CloudFormationClient, new GetTemplateCommand({ StackName }), {
        TemplateBody: /AWS::S3::Bucket/,
      });
      await world.see(CloudFormationClient, new DescribeStackEventsCommand({ StackName }), {
        StackEvents: (events: { ResourceStatus: string }[]) =>
          events[0]?.ResourceStatus === 'CREATE_COMPLETE',
      });
      await world.see(CloudFormationClient, new DeleteStackCommand({ StackName }), {});
    },
    { notOn },
  ),
  stack(
    'fails a change set without changes, which can be deleted then',
    async (world) => {
      const StackName = world.name('same');
      await makeStack(world, StackName);
      const named = { StackName, ChangeSetName: 'same' };
      const TemplateBody = bucketTemplate();
      await world.see(CloudFormationClient, new CreateChangeSetCommand({ ...named, TemplateBody }), {});
      await world.see(CloudFormationClient, new DescribeChangeSetCommand(named), {
        Status: 'FAILED',
        StatusReason: /didn't contain changes/,
      });
      await world.see(CloudFormationClient, new DeleteChangeSetCommand(named), {});
    },
    { notOn },
  ),
  stack(
    'continues no rollback of a stack in which none has failed',
    async (world) => {
      const StackName = world.name('well');
      await makeStack(world, StackName);
      await world.refused(CloudFormationClient, new ContinueUpdateRollbackCommand({ StackName }), {
        error: 'ValidationError',
      });
    },
    { notOn },
  ),
  bucket(
    'keeps objects, lists them by prefix, and deletes no bucket with something in it',
    async (world) => {
      const Bucket = await makeStack(world, world.name('files'));
      await world.see(S3Client, new PutObjectCommand({ Bucket, Key: 'code/a.txt', Body: 'a' }), {
        ETag: /^"[\da-f]{32}"$/,
      });
      await world.see(S3Client, new ListObjectsV2Command({ Bucket, Prefix: 'code/' }), {
        KeyCount: 1,
        Contents: [{ Key: 'code/a.txt', Size: 1 }],
      });
      await world.refused(S3Client, new DeleteBucketCommand({ Bucket }), { error: 'BucketNotEmpty' });
      await world.see(
        S3Client,
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'code/a.txt' }] } }),
        {
          Deleted: [{ Key: 'code/a.txt' }],
        },
      );
      await world.see(S3Client, new DeleteBucketCommand({ Bucket }), {});
    },
    { notOn },
  ),
  contractsOf('ec2')(
    'says with which key new volumes are encrypted by default',
    async (world) => {
      await world.see(EC2Client, new GetEbsEncryptionByDefaultCommand({}), { EbsEncryptionByDefault: false });
      await world.see(EC2Client, new GetEbsDefaultKmsKeyIdCommand({}), { KmsKeyId: /alias\/aws\/ebs$/ });
    },
    { notOn },
  ),
  contractsOf('lambda')(
    'says how many functions may run at once in the account, and how many of these nobody has reserved',
    async (world) => {
      await world.see(LambdaClient, new GetAccountSettingsCommand({}), {
        AccountLimit: (limit: { ConcurrentExecutions: number; UnreservedConcurrentExecutions: number }) =>
          limit.ConcurrentExecutions >= limit.UnreservedConcurrentExecutions,
      });
    },
    { notOn },
  ),
  contractsOf('dynamodb')(
    'deletes a table with what is in it',
    async (world) => {
      const TableName = world.name('table');
      await world.see(
        DynamoDBClient,
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
        {},
      );
      await world.see(DynamoDBClient, new DeleteTableCommand({ TableName }), {
        TableDescription: { TableName },
      });
      await world.refused(DynamoDBClient, new DeleteTableCommand({ TableName }), {
        error: 'ResourceNotFoundException',
      });
    },
    { notOn: { ...notOn, dynalite: 'it deletes a table some time after it was asked' } },
  ),
  contractsOf('ssm')(
    'deletes parameters, and names those that are not there',
    async (world) => {
      const [there, missing] = [`/${world.name('there')}`, `/${world.name('missing')}`];
      await world.see(SSMClient, new PutParameterCommand({ Name: there, Value: 'a', Type: 'String' }), {});
      await world.see(SSMClient, new DeleteParametersCommand({ Names: [there, missing] }), {
        DeletedParameters: [there],
        InvalidParameters: [missing],
      });
    },
    { notOn },
  ),
];
