import type { Roles } from '../../src/iam/roles';
import { makeCloudFormation } from '../../src/services/cloudformation';
import { makeEvents } from '../../src/services/events';
import { makeS3 } from '../../src/services/s3';
import { makeSns } from '../../src/services/sns';
import { makeSqs } from '../../src/services/sqs';
import { makeStates } from '../../src/services/states';
import type { CloudFormationTemplate } from '../../src/template/compiled';
import { installStack } from '../../src/cloudformation/install';
import { TestRegion } from '../states/testRegion';

const arn = (name: string) => `arn:aws:sqs:eu-west-1:111122223333:${name}`;

const role = (name: string, ...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: name, Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }] },
});

const polling = {
  Effect: 'Allow',
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
};

const resources = {
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['Look', 'Arn'] },
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    },
  },
  Look: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'look',
      Handler: 'functions/operations/Look.handler',
      Timeout: 30,
      Role: { 'Fn::GetAtt': ['LookRole', 'Arn'] },
      Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } },
    },
  },
  Retries: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'Look' }, MaximumRetryAttempts: 0 },
  },
  LookRole: role('look-role', polling),
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'waiting',
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'image',
      EventPattern: { source: ['aws.ec2'] },
      Targets: [{ Id: 'waiting', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
    },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'deploy',
      RoleArn: { 'Fn::GetAtt': ['LookRole', 'Arn'] },
      DefinitionString: {
        'Fn::Sub': [
          '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${f}","End":true}}}',
          { f: { 'Fn::GetAtt': ['Look', 'Arn'] } },
        ],
      },
    },
  },
};

const make = () => {
  const testRegion = new TestRegion();
  const services = {
    sqs: makeSqs(testRegion.region),
    sns: makeSns(testRegion.region),
    events: makeEvents(testRegion.region),
    states: makeStates(testRegion.region),
  };
  const added: Record<string, Record<string, unknown>> = {};
  const lambda = {
    ...testRegion.services.lambda,
    add: (definition: { functionName: string }) => (added[definition.functionName] = definition),
    find: (nameOrArn: string) => added[nameOrArn.split(':').at(-1) ?? ''],
    loadCode: jest.fn(),
    state: { functions: added },
  };
  const cloud = { account: '111122223333', roles: {} as Roles, region: () => testRegion.region };
  const cloudformation = makeCloudFormation(testRegion.region, () => cloud.roles);
  Object.assign(testRegion.services, services, { lambda, cloudformation, s3: makeS3(testRegion.region) });
  const run = (Resources: object) =>
    installStack(
      cloud,
      { hash: 'h', template: { Resources } as CloudFormationTemplate, bundles: {} },
      { region: 'eu-west-1', stackName: 'shop' },
    );
  return { ...services, added, cloud, lambda, run };
};

describe('A template that is installed', () => {
  test('Makes functions with environment, role and retries', async () => {
    const { run, added, lambda, cloud } = make();
    await run(resources);
    expect(added.look).toEqual({
      functionName: 'look',
      handler: 'functions/operations/Look.handler',
      timeoutSeconds: 30,
      memoryMb: 128,
      environment: { QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/waiting' },
      roleArn: 'arn:aws:iam::111122223333:role/look-role',
      eventInvokeConfig: { maximumRetryAttempts: 0 },
    });
    expect(lambda.loadCode).toHaveBeenCalledWith({});
    expect(Object.keys(cloud.roles)).toEqual(['arn:aws:iam::111122223333:role/look-role']);
  });

  test('Makes queues with their redrive, mappings, rules and machines', async () => {
    const { run, sqs, events, states } = make();
    await run(resources);
    expect(sqs.queue('waiting')).toMatchObject({
      visibilityTimeoutSeconds: 180,
      redrive: { deadLetterTargetArn: arn('dead'), maxReceiveCount: 3 },
    });
    expect(Object.values(sqs.state.mappings)).toMatchObject([
      {
        queueArn: arn('waiting'),
        functionName: 'look',
        batchSize: 5,
        reportsItemFailures: true,
        maximumConcurrency: 10,
      },
    ]);
    expect(events.state.rules.image).toMatchObject({ enabled: true, targets: [{ Arn: arn('waiting') }] });
    expect(Object.values(states.state.machines)).toMatchObject([
      { name: 'deploy', definition: { StartAt: 'A' } },
    ]);
  });

  test.each<[string, object, string]>([
    [
      'a mapping whose function’s role may not read the queue',
      { LookRole: role('look-role') },
      'Mapping (AWS::Lambda::EventSourceMapping): The function execution role does not have permissions to call ReceiveMessage on SQS',
    ],
    [
      'a queue whose messages come back before the function’s time is up',
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'waiting', VisibilityTimeout: 29 } } },
      'Queue visibility timeout: 29 seconds is less than Function timeout: 30 seconds',
    ],
    [
      'a FIFO queue whose name does not end with .fifo',
      { F: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a', FifoQueue: true } } },
      'must end with the .fifo suffix',
    ],
    [
      'a machine that cannot run',
      {
        Machine: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            StateMachineName: 'deploy',
            RoleArn: 'r',
            DefinitionString: '{"StartAt":"A","States":{}}',
          },
        },
      },
      'there is no state A',
    ],
    [
      'a managed policy',
      {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
        },
      },
      'managed policies are not modelled',
    ],
  ])('Is refused with %s', async (_what, changed, problem) => {
    await expect(make().run({ ...resources, ...changed })).rejects.toThrow(problem);
  });

  test('Is refused where somebody has a role of the same name already, which stays as it is', async () => {
    const { cloud, run } = make();
    const theirs = { name: 'look-role', policies: [] };
    cloud.roles['arn:aws:iam::111122223333:role/look-role'] = theirs;
    await expect(run(resources)).rejects.toThrow(
      "LookRole (AWS::IAM::Role): Resource handler returned message: \"Resource of type 'AWS::IAM::Role' with identifier 'look-role' already exists.\"",
    );
    expect(Object.values(cloud.roles)).toEqual([theirs]);
  });
});
