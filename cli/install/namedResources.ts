/** The resources of a template that have a name of their own, so that another one of that name is in the way. */
import type { CloudFormationTemplate, TemplateResource } from '@forseti/embedded-cloud';

export interface NamedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly resource: TemplateResource;
}

/** The property that names a resource, of the types whose names `install` looks up. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
};

export const namedResources = ({ Resources }: CloudFormationTemplate): readonly NamedResource[] =>
  Object.entries(Resources).flatMap(([logicalId, resource]) => {
    const name = resource.Properties?.[nameProperties[resource.Type] ?? ''];
    return typeof name === 'string' ? [{ logicalId, type: resource.Type, name, resource }] : [];
  });

/**
 * Whether the template keeps a resource when its stack goes, so that a later stack has to take it over. CloudFormation
 * does so by itself for resources with a static name and such a policy that belong to no other stack:
 * docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 */
export const isKept = ({ DeletionPolicy: policy = 'Delete' }: TemplateResource): boolean =>
  policy.startsWith('Retain');

/** Tables are compared by their keys: CloudFormation takes over a table only as it is. */
export const keysText = (
  schema: readonly {
    readonly AttributeName?: string | undefined;
    readonly KeyType?: string | undefined;
  }[] = [],
): string => schema.map(({ AttributeName: name = '', KeyType: type = '' }) => `${name} ${type}`).join(', ');
