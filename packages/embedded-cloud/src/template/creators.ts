/** Creates resources, by type. */
import type { CreateDocumentCommandInput, PutParameterCommandInput } from '@aws-sdk/client-ssm';
import type { AnyAlarm } from '../cloudwatch/state';
import type { Definition } from '../states/definition';
import { createFunction, createMapping, createPermission, createUrl } from './functions';
import type { Create } from './installed';
import {
  createQueue,
  createQueuePolicy,
  createRule,
  createSubscription,
  createTopic,
  createTopicPolicy,
} from './messaging';
import { list, object, optionalText, text } from './properties';
import type { Resource } from './resolve';

const createRole: Create = ({ ref, attributes, properties }, { roles }) => {
  const managed = list<string>(properties, 'ManagedPolicyArns');
  if (managed.length > 0) throw new Error(`managed policies are not modelled: ${managed.join(', ')}`);
  const policies = list<{ PolicyDocument: unknown }>(properties, 'Policies');
  roles[attributes.Arn ?? ''] = { name: ref, policies: policies.map(({ PolicyDocument }) => PolicyDocument) };
};

/** Properties that CloudFormation sets by calls other than CreateTable. They have no effect on what is modelled. */
const besidesCreateTable = [
  'SSESpecification',
  'PointInTimeRecoverySpecification',
  'TimeToLiveSpecification',
];

const createTable: Create = ({ ref, properties }, { region }) => {
  const members = Object.entries(properties).filter(([name]) => !besidesCreateTable.includes(name));
  const input = { ...Object.fromEntries(members), TableName: ref };
  region.service('dynamodb').putTable(input);
};

/** Settings of single replicas have no effect here: the table is the same in all regions. */
const besidesGlobalTable = [
  ...besidesCreateTable,
  'Replicas',
  'MultiRegionConsistency',
  'GlobalTableWitnesses',
  'WriteProvisionedThroughputSettings',
  'WriteOnDemandThroughputSettings',
];

/** CloudFormation requires a stream for an eventually consistent global table, since replication uses it. */
const createGlobalTable: Create = ({ ref, properties }, { region }) => {
  const replicas = list<{ Region: string }>(properties, 'Replicas').map(({ Region }) => Region);
  const [witness] = list<{ Region: string }>(properties, 'GlobalTableWitnesses');
  const consistency = optionalText(properties, 'MultiRegionConsistency');
  if (consistency !== 'STRONG' && replicas.length > 1 && properties.StreamSpecification === undefined)
    throw new Error('StreamSpecification is required for a global table with more than one replica');
  if (consistency === 'STRONG' && object(properties, 'TimeToLiveSpecification').Enabled === true)
    throw new Error('TimeToLiveSpecification is not supported with multi-Region strong consistency');
  const members = Object.entries(properties).filter(([name]) => !besidesGlobalTable.includes(name));
  region.service('dynamodb').putGlobalTable(
    { ...Object.fromEntries(members), TableName: ref },
    {
      replicas,
      ...(consistency !== undefined && { consistency }),
      ...(witness && { witness: witness.Region }),
    },
  );
};

const createDocument: Create = ({ ref, properties }, { region }) => {
  const { Content, DocumentType, DocumentFormat, TargetType } = properties;
  const input = {
    Name: ref,
    Content: typeof Content === 'string' ? Content : JSON.stringify(Content),
    DocumentType: DocumentType ?? 'Command',
    DocumentFormat: typeof Content === 'string' ? (DocumentFormat ?? 'JSON') : 'JSON',
    ...(TargetType === undefined ? {} : { TargetType }),
  };
  region
    .service('ssm')
    .putDocument(
      input as CreateDocumentCommandInput,
      optionalText(properties, 'UpdateMethod') === 'NewVersion',
    );
};

const createParameter: Create = ({ ref, properties }, { region }) => {
  const ssm = region.service('ssm');
  const [value, type] = [text(properties, 'Value'), text(properties, 'Type')];
  const before = ssm.state.parameters[ref]?.versions.at(-1);
  if (before?.value === value && before.type === type) return;
  ssm.putParameter({ Name: ref, Value: value, Type: type, Overwrite: true } as PutParameterCommandInput);
};

const createStateMachine: Create = ({ attributes, properties }, { region }) => {
  const { DefinitionString, StateMachineType } = properties;
  if (StateMachineType === 'EXPRESS') throw new Error('express workflows are not modelled');
  const definition =
    typeof DefinitionString === 'string'
      ? (JSON.parse(DefinitionString) as unknown)
      : object(properties, 'Definition');
  region.service('states').createStateMachine({
    name: attributes.Name ?? '',
    roleArn: text(properties, 'RoleArn'),
    definition: definition as Definition,
  });
};

/** Whether the alarm already has this configuration. Putting it again would publish a configuration change. */
const isPut = (alarm: AnyAlarm | undefined, properties: Resource['properties']): boolean => {
  const configuration = Object.entries(properties).filter(
    ([name]) => !['AlarmName', 'Tags', 'ActionsEnabled'].includes(name),
  );
  return (
    alarm !== undefined &&
    alarm.actionsEnabled === (properties.ActionsEnabled ?? true) &&
    JSON.stringify(alarm.configuration) === JSON.stringify(Object.fromEntries(configuration))
  );
};

const createAlarm: Create = async ({ ref, properties }, { region }) => {
  if (isPut(region.service('cloudwatch').alarm(ref), properties)) return;
  const cloudFormation = {
    kind: 'service',
    arn: 'cloudformation.amazonaws.com',
    name: 'cloudformation.amazonaws.com',
  } as const;
  await region.call(cloudFormation, 'cloudwatch', 'PutMetricAlarm', { ...properties, AlarmName: ref });
};

const createBucket: Create = ({ ref }, { region }) => {
  region.service('s3').createBucket(ref);
};

/** For types that have a name but no behaviour here. */
const nothing: Create = () => undefined;

/** In the order of creation: resources that others refer to come first. */
export const creators: ReadonlyMap<string, Create> = new Map([
  ['AWS::IAM::Role', createRole],
  ['AWS::KMS::Key', nothing],
  ['AWS::Logs::LogGroup', nothing],
  ['AWS::S3::Bucket', createBucket],
  ['AWS::S3::BucketPolicy', nothing],
  ['AWS::DynamoDB::Table', createTable],
  ['AWS::DynamoDB::GlobalTable', createGlobalTable],
  ['AWS::SNS::Topic', createTopic],
  ['AWS::SQS::Queue', createQueue],
  ['AWS::SSM::Document', createDocument],
  ['AWS::SSM::Parameter', createParameter],
  ['AWS::Lambda::Function', createFunction],
  // It is read together with its function.
  ['AWS::Lambda::EventInvokeConfig', nothing],
  ['AWS::Lambda::Permission', createPermission],
  ['AWS::Lambda::Url', createUrl],
  ['AWS::SQS::QueuePolicy', createQueuePolicy],
  ['AWS::SNS::TopicPolicy', createTopicPolicy],
  ['AWS::SNS::Subscription', createSubscription],
  ['AWS::StepFunctions::StateMachine', createStateMachine],
  ['AWS::CloudWatch::Alarm', createAlarm],
  ['AWS::Lambda::EventSourceMapping', createMapping],
  ['AWS::Events::Rule', createRule],
]);
