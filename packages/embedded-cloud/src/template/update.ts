/** The steps of a stack update in addition to creating: what is configured anew, and what is removed. */
import type { MadeResource } from '../cloud/stacks';
import type { Roles } from '../cloud/roles';
import { nameOf } from '../lambda/names';
import type { Region } from '../core/service';
import type { CloudFormationTemplate } from './compiled';
import type { Stack } from './installed';
import type { Resource } from './resolve';

/** Types whose names are unique across regions. */
const globalTypes = new Set(['AWS::IAM::Role', 'AWS::S3::Bucket']);

/**
 * @param elsewhere resources in the stacks of other regions
 * @throws Error if two resources of one type have the same name: the second would overwrite the first
 */
export const checkNames = (resources: readonly Resource[], elsewhere: readonly MadeResource[]): void => {
  const taken = elsewhere.filter(({ type }) => globalTypes.has(type));
  const owners = new Map(taken.map(({ type, ref }) => [`${type} ${ref}`, "another region's stack"]));
  for (const { type, ref, logicalId } of resources) {
    const other = owners.get(`${type} ${ref}`);
    if (other !== undefined)
      throw new Error(`The template holds ${ref} (${type}) twice: as ${other} and as ${logicalId}.`);
    owners.set(`${type} ${ref}`, logicalId);
  }
};

/** The data about a template's resources that the next update needs. */
export const madeOf = (resources: readonly Resource[], template: CloudFormationTemplate): MadeResource[] =>
  resources.map(({ type, ref, attributes, logicalId }) => ({
    type,
    ref,
    ...(attributes.Arn !== undefined && { arn: attributes.Arn }),
    ...(template.Resources[logicalId]?.DeletionPolicy?.startsWith('Retain') === true && { isRetained: true }),
  }));

/**
 * Permissions, function URLs, subscriptions and policies have no names by which an update could find them, so all
 * are created anew.
 */
export const forgetNameless = ({ region }: Stack): void => {
  region.service('events').state.permissions.length = 0;
  const lambda = region.service('lambda').state;
  delete lambda.urlPermissions;
  delete lambda.urls;
  const { subscriptions, topics } = region.service('sns').state;
  subscriptions.length = 0;
  for (const topic of Object.values(topics)) topic.policy = [];
  for (const queue of Object.values(region.service('sqs').state.queues)) queue.policy = [];
};

const drop = (table: object, key: string): void => void Reflect.deleteProperty(table, key);

type Remove = (made: MadeResource, region: Region, roles: Roles) => void;

const removers: Readonly<Record<string, Remove>> = {
  'AWS::CloudWatch::Alarm': ({ ref }, region) => drop(region.service('cloudwatch').state.alarms, ref),
  'AWS::DynamoDB::GlobalTable': ({ ref }, region) => {
    const global = region.service('dynamodb').state.tables[ref]?.global;
    for (const name of [region.name, ...(global?.replicas ?? [])]) {
      const tables = region.other(name)?.service('dynamodb').state.tables;
      if (tables) drop(tables, ref);
    }
  },
  'AWS::DynamoDB::Table': ({ ref }, region) => drop(region.service('dynamodb').state.tables, ref),
  'AWS::Events::Rule': ({ ref }, region) => drop(region.service('events').state.rules, ref),
  'AWS::IAM::Role': ({ arn = '' }, _region, roles) => drop(roles, arn),
  'AWS::Lambda::Function': ({ ref }, region) => drop(region.service('lambda').state.functions, ref),
  'AWS::SNS::Topic': ({ ref }, region) => drop(region.service('sns').state.topics, ref),
  'AWS::SQS::Queue': ({ ref }, region) =>
    drop(region.service('sqs').state.queues, ref.slice(ref.lastIndexOf('/') + 1)),
  'AWS::SSM::Document': ({ ref }, region) => drop(region.service('ssm').state.documents, ref),
  'AWS::SSM::Parameter': ({ ref }, region) => drop(region.service('ssm').state.parameters, ref),
  'AWS::StepFunctions::StateMachine': ({ ref }, region) => drop(region.service('states').state.machines, ref),
};

/** A mapping is identified by its queue and its function. */
const removeMappings = ({ region, resources }: Stack): void => {
  const { mappings } = region.service('sqs').state;
  const kept = new Set(
    resources
      .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
      .map(
        ({ properties }) => `${String(properties.EventSourceArn)} ${nameOf(String(properties.FunctionName))}`,
      ),
  );
  for (const { id, queueArn, functionName } of Object.values(mappings))
    if (!kept.has(`${queueArn} ${functionName}`)) drop(mappings, id);
};

/** Removes resources of an earlier template that are not in this one, unless they are to be retained. */
export const removeOthers = (before: readonly MadeResource[], stack: Stack): void => {
  const { region, roles, resources } = stack;
  const present = new Set(resources.map(({ type, ref }) => `${type} ${ref}`));
  for (const made of before)
    if (!made.isRetained && !present.has(`${made.type} ${made.ref}`))
      removers[made.type]?.(made, region, roles);
  removeMappings(stack);
};
