/** What is done to one resource of a stack: looking whether it is there, making or changing it, removing it. */
import type { Roles } from '../iam/roles';
import type { Region } from '../core/service';
import { nameOf } from '../lambda/names';
import { creators } from './creators';
import type { Stack } from './installed';
import type { Resource } from './resolve';

type Named = Pick<Resource, 'type' | 'ref' | 'attributes' | 'properties'>;

const drop = (table: object, key: string): void => void Reflect.deleteProperty(table, key);
const queueName = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** The tables of services by type: a resource of this type is there if it is in the table. */
const tables: Readonly<Record<string, (region: Region, roles: Roles) => object>> = {
  'AWS::CloudWatch::Alarm': (region) => region.service('cloudwatch').state.alarms,
  'AWS::DynamoDB::GlobalTable': (region) => region.service('dynamodb').state.tables,
  'AWS::DynamoDB::Table': (region) => region.service('dynamodb').state.tables,
  'AWS::Events::Rule': (region) => region.service('events').state.rules,
  'AWS::IAM::Role': (_region, roles) => roles,
  'AWS::Lambda::Function': (region) => region.service('lambda').state.functions,
  'AWS::S3::Bucket': (region) => region.service('s3').state.buckets,
  'AWS::SNS::Topic': (region) => region.service('sns').state.topics,
  'AWS::SQS::Queue': (region) => region.service('sqs').state.queues,
  'AWS::SSM::Document': (region) => region.service('ssm').state.documents,
  'AWS::SSM::Parameter': (region) => region.service('ssm').state.parameters,
  'AWS::StepFunctions::StateMachine': (region) => region.service('states').state.machines,
};

/** The name by which a service knows the resource. */
const keyOf = ({ type, ref, attributes }: Named): string =>
  type === 'AWS::IAM::Role' ? (attributes.Arn ?? '') : type === 'AWS::SQS::Queue' ? queueName(ref) : ref;

/** Whether something of that type and name is there, whoever made it. Types without names are never there. */
export const isThere = (named: Named, region: Region, roles: Roles): boolean =>
  Object.hasOwn(tables[named.type]?.(region, roles) ?? {}, keyOf(named));

/**
 * Types that have no name by which a change could find what it changes: all of a stack's are made anew with each
 * change of one.
 */
export const nameless: ReadonlySet<string> = new Set([
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

const namesOf = (resources: readonly Named[], type: string): ReadonlySet<string> =>
  new Set(resources.filter((one) => one.type === type).map(keyOf));

const forgetNameless = (region: Region, resources: readonly Named[]): void => {
  const functions = namesOf(resources, 'AWS::Lambda::Function');
  const events = region.service('events').state;
  const others = events.permissions.filter(({ functionArn }) => !functions.has(nameOf(functionArn)));
  events.permissions.splice(0, events.permissions.length, ...others);
  const lambda = region.service('lambda').state;
  if (lambda.urlPermissions)
    lambda.urlPermissions = lambda.urlPermissions.filter(({ functionName }) => !functions.has(functionName));
  for (const [id, { functionName }] of Object.entries(lambda.urls ?? {}))
    if (functions.has(functionName)) drop(lambda.urls ?? {}, id);
  const sns = region.service('sns').state;
  const topics = namesOf(resources, 'AWS::SNS::Topic');
  const subscriptions = sns.subscriptions.filter(({ topicArn }) => !topics.has(topicArn));
  sns.subscriptions.splice(0, sns.subscriptions.length, ...subscriptions);
  for (const arn of topics) {
    const topic = sns.topics[arn];
    if (topic) topic.policy = [];
  }
  for (const name of namesOf(resources, 'AWS::SQS::Queue')) {
    const queue = region.service('sqs').state.queues[name];
    if (queue) queue.policy = [];
  }
};

/** Makes all of a stack's nameless resources anew: those of `stack`. @param known all that the stack has or had */
export const renewNameless = async (stack: Stack, known: readonly Named[]): Promise<void> => {
  forgetNameless(stack.region, known);
  for (const [type, create] of creators)
    if (nameless.has(type))
      for (const resource of stack.resources) if (resource.type === type) await create(resource, stack);
};

/** The function's code, if the template says where it is, must be there, as Lambda asks it of S3. */
const checkCode = ({ type, properties }: Resource, region: Region): void => {
  if (type !== 'AWS::Lambda::Function') return;
  const { S3Bucket: bucket, S3Key: key } = (properties.Code ?? {}) as Record<string, string | undefined>;
  if (bucket === undefined || key === undefined) return;
  const found = region.service('s3').object(bucket, key);
  if (!found)
    throw new Error(
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    );
  const handler = String(properties.Handler);
  const module = handler.slice(0, handler.lastIndexOf('.'));
  if (found.entries && !found.entries.some((name) => /^(.*)\.[cm]?js$/.exec(name)?.[1] === module))
    throw new Error(`Could not unzip uploaded file, or it has no module ${module}.`);
};

/** Makes or changes a resource. @param known all that the stack has or had */
export const put = async (resource: Resource, stack: Stack, known: readonly Named[]): Promise<void> => {
  if (nameless.has(resource.type)) return renewNameless(stack, known);
  const create = creators.get(resource.type);
  if (!create) throw new Error(`resources of type ${resource.type} are not modelled`);
  checkCode(resource, stack.region);
  await create(resource, stack);
  if (resource.type !== 'AWS::Lambda::EventInvokeConfig') return;
  // It is read together with its function.
  const name = nameOf(String(resource.properties.FunctionName));
  const owner = stack.resources.find(({ type, ref }) => type === 'AWS::Lambda::Function' && ref === name);
  if (owner) await creators.get(owner.type)?.(owner, stack);
};

const removeMapping = ({ properties }: Named, region: Region): void => {
  const { mappings } = region.service('sqs').state;
  const functionName = nameOf(String(properties.FunctionName));
  for (const one of Object.values(mappings))
    if (one.queueArn === properties.EventSourceArn && one.functionName === functionName)
      drop(mappings, one.id);
};

/** The copies of a global table go with it. */
const removeGlobalTable = ({ ref }: Named, region: Region): void => {
  const replicas = region.service('dynamodb').state.tables[ref]?.global?.replicas ?? [];
  for (const name of [region.name, ...replicas]) {
    const found = name === region.name ? region : region.other(name);
    if (found) drop(found.service('dynamodb').state.tables, ref);
  }
};

/** Removes a resource; what is gone already is no error. @throws AwsError BucketNotEmpty */
export const remove = (named: Named, region: Region, roles: Roles): void => {
  if (named.type === 'AWS::Lambda::EventSourceMapping') return removeMapping(named, region);
  if (named.type === 'AWS::DynamoDB::GlobalTable') return removeGlobalTable(named, region);
  if (named.type === 'AWS::S3::Bucket') return region.service('s3').deleteBucket(named.ref);
  const table = tables[named.type]?.(region, roles);
  if (table) drop(table, keyOf(named));
};
