import {
  CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Answer, json, refuse } from '../proxy/answer';
import type { Played } from '../proxy/server';
import { makeCopy } from '../regionsTable';
import type { Quota, Template } from '../world';
import { forMiniStack, isDocument } from './forMiniStack';

type Connect = <Client>(Class: new (config: object) => Client, region: string) => Client;

/** The members of Query's lists `NAME.member.N` or `NAME.member.N.FIELD`. */
const listIn = (form: URLSearchParams, name: string): Record<string, string>[] => {
  const found = new Map<string, Record<string, string>>();
  for (const [key, value] of form) {
    const [, index, field = ''] = new RegExp(`^${name}\\.member\\.(\\d+)\\.?(.*)$`).exec(key) ?? [];
    if (index !== undefined) found.set(index, { ...found.get(index), [field]: value });
  }
  return [...found.values()];
};

const textIn = (form: URLSearchParams, name: string): string | undefined => form.get(name) ?? undefined;

/** The call's input, as the SDK takes it. */
const inputOf = (form: URLSearchParams): CreateChangeSetCommandInput => ({
  StackName: textIn(form, 'StackName'),
  ChangeSetName: textIn(form, 'ChangeSetName'),
  ChangeSetType: textIn(form, 'ChangeSetType') as CreateChangeSetCommandInput['ChangeSetType'],
  Description: textIn(form, 'Description'),
  RoleARN: textIn(form, 'RoleARN'),
  Capabilities: listIn(form, 'Capabilities').map(
    (one) => one[''],
  ) as CreateChangeSetCommandInput['Capabilities'],
  Parameters: listIn(form, 'Parameters').map(({ ParameterKey, ParameterValue, UsePreviousValue }) => ({
    ParameterKey,
    ParameterValue,
    ...(UsePreviousValue !== undefined && { UsePreviousValue: UsePreviousValue === 'true' }),
  })),
  Tags: listIn(form, 'Tags').map(({ Key, Value }) => ({ Key, Value })),
  ...(form.has('ImportExistingResources') && {
    ImportExistingResources: form.get('ImportExistingResources') === 'true',
  }),
});

/** `https://s3.REGION.amazonaws.com/BUCKET/KEY`, also with the proxy's host. */
const objectAt = (url: string): { Bucket: string; Key: string } => {
  const [Bucket = '', ...key] = new URL(url).pathname.slice(1).split('/');
  return { Bucket, Key: decodeURIComponent(key.join('/')) };
};

/** moto has the documents that MiniStack does not know. They stay there. */
const makeDocumentsOf = async ({ Resources }: Template, ssm: SSMClient): Promise<void> => {
  for (const { Properties: properties = {} } of Object.values(Resources).filter(isDocument)) {
    const { Name = '', Content } = properties as { Name?: string; Content?: object };
    const command = new CreateDocumentCommand({
      Name,
      Content: JSON.stringify(Content),
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      TargetType: '/AWS::EC2::Instance',
    });
    await ssm.send(command).catch((error: unknown) => {
      if ((error as Error).name !== 'DocumentAlreadyExists') throw error;
    });
  }
};

/** The standby's copy of the global table, which AWS makes with home's. */
const makeReplica = async (template: Template, standby: string, connect: Connect): Promise<void> => {
  for (const { Type, Properties: properties } of Object.values(template.Resources))
    if (Type === 'AWS::DynamoDB::GlobalTable')
      await makeCopy(connect(DynamoDBClient, standby), String(properties?.TableName), properties ?? {});
};

/** The values of all parameters: those that are given, and the template's defaults. */
const parametersOf = (
  { Parameters: declared = {} }: Template,
  { Parameters: given = [] }: CreateChangeSetCommandInput,
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(declared).flatMap(([name, { Default: value }]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  ),
  ...Object.fromEntries(
    given.flatMap(({ ParameterKey = '', ParameterValue }) =>
      ParameterValue === undefined ? [] : [[ParameterKey, ParameterValue]],
    ),
  ),
});

/**
 * Makes the change set on MiniStack from a template that it can read. What it cannot make, the documents and the
 * standby's copy of the global table, is made at once.
 */
export const createChangeSetOn =
  (toMinistack: Connect, toMoto: Connect): Played =>
  async ({ region }, body): Promise<Answer> => {
    const form = new URLSearchParams(body.toString('utf8'));
    const s3 = toMinistack(S3Client, region);
    const url = form.get('TemplateURL');
    const text =
      url === null
        ? (form.get('TemplateBody') ?? '{}')
        : ((await (await s3.send(new GetObjectCommand(objectAt(url)))).Body?.transformToString()) ?? '{}');
    const template = JSON.parse(text) as Template;
    const readable = JSON.stringify(forMiniStack(template, region));
    const input = inputOf(form);
    const parameters = parametersOf(template, input);
    await makeDocumentsOf(template, toMoto(SSMClient, region));
    if (parameters.StandbyRegion && parameters.HomeRegion === region)
      await makeReplica(template, parameters.StandbyRegion, toMinistack);
    if (url !== null) {
      const { Bucket, Key } = objectAt(url);
      await s3.send(new PutObjectCommand({ Bucket, Key: `${Key}.ministack`, Body: readable }));
    }
    const source = url === null ? { TemplateBody: readable } : { TemplateURL: `${url}.ministack` };
    try {
      const { Id = '', StackId = '' } = await toMinistack(CloudFormationClient, region).send(
        new CreateChangeSetCommand({ ...input, ...source }),
      );
      const result = `<CreateChangeSetResult><Id>${Id}</Id><StackId>${StackId}</StackId></CreateChangeSetResult>`;
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: Buffer.from(
          `<CreateChangeSetResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">${result}<ResponseMetadata><RequestId>played</RequestId></ResponseMetadata></CreateChangeSetResponse>`,
        ),
      };
    } catch (error) {
      const { name, message } = error as Error;
      return refuse('cloudformation', { status: 400, code: name, message });
    }
  };

/** Lambda's limits with the quota that the scenario sets; what is reserved is MiniStack's. */
export const getAccountSettingsOn =
  (toMinistack: Connect, quota: Quota): Played =>
  async ({ region }) => {
    const { AccountLimit: limit = {}, AccountUsage } = await toMinistack(LambdaClient, region).send(
      new GetAccountSettingsCommand({}),
    );
    const concurrency = quota.get(region) ?? 1000;
    const reserved = (limit.ConcurrentExecutions ?? 0) - (limit.UnreservedConcurrentExecutions ?? 0);
    return json(200, {
      AccountUsage,
      AccountLimit: {
        ...limit,
        ConcurrentExecutions: concurrency,
        UnreservedConcurrentExecutions: concurrency - reserved,
      },
    });
  };
