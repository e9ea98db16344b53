/** Reads what an installation depends on. It changes nothing. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { GetAccountSettingsCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { findAlarms } from '../../lib/aws/alarms';
import { messageOf, nameOf } from '../../lib/aws/failure';
import type { Session } from '../session/session';
import { describeStack } from './cloudFormation';
import type { ConcurrencyFact, ExistingFact, RegionFacts, StackFact, TemplateFacts } from './facts';
import { keysText, type NamedResource, namedResources } from './namedResources';

const isMissing = (error: unknown): boolean =>
  /ResourceNotFound|DoesNotExist|NonExistent/.test(nameOf(error));

/** @returns the answer, or undefined where there is no such resource. */
const ifThere = async <Answer>(asking: Promise<Answer>): Promise<Answer | undefined> =>
  asking.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

interface Place {
  readonly session: Session;
  readonly region: string;
}

const tableFound = async (
  { session, region }: Place,
  { logicalId, type, name, resource }: NamedResource,
): Promise<ExistingFact[]> => {
  const client = session.connectIn(region, DynamoDBClient);
  const found = await ifThere(client.send(new DescribeTableCommand({ TableName: name })));
  if (!found) return [];
  const wanted = keysText(resource.Properties?.KeySchema as Parameters<typeof keysText>[0]);
  const is = keysText(found.Table?.KeySchema);
  const differs = is === wanted ? {} : { differs: `its keys are ${is}, and not ${wanted}.` };
  return [{ logicalId, type, name, ...differs }];
};

/** Whether something of this name is there, by the type of the resource. */
const isThere: Readonly<Record<string, (place: Place, name: string) => Promise<boolean>>> = {
  'AWS::Lambda::Function': async ({ session, region }, FunctionName) => {
    const client = session.connectIn(region, LambdaClient);
    return (await ifThere(client.send(new GetFunctionCommand({ FunctionName })))) !== undefined;
  },
  'AWS::SQS::Queue': async ({ session, region }, QueueName) => {
    const client = session.connectIn(region, SQSClient);
    return (await ifThere(client.send(new GetQueueUrlCommand({ QueueName })))) !== undefined;
  },
  'AWS::StepFunctions::StateMachine': async ({ session, region }, name) => {
    const client = session.connectIn(region, SFNClient);
    const [arn = '', partition = ''] = session.names.machineArn.split(':');
    const account = session.names.machineArn.split(':')[4] ?? '';
    const stateMachineArn = [arn, partition, 'states', region, account, 'stateMachine', name].join(':');
    return (await ifThere(client.send(new DescribeStateMachineCommand({ stateMachineArn })))) !== undefined;
  },
};

const existingOf = async (place: Place, one: NamedResource): Promise<ExistingFact[]> => {
  const { logicalId, type, name } = one;
  if (type.startsWith('AWS::DynamoDB::')) return tableFound(place, one);
  return (await isThere[type]?.(place, name)) ? [{ logicalId, type, name }] : [];
};

/** All alarms of the template that exist, by one call. */
const alarmsFound = async (
  { session, region }: Place,
  named: readonly NamedResource[],
): Promise<ExistingFact[]> => {
  const wanted = named.filter(({ type }) => type === 'AWS::CloudWatch::Alarm');
  if (wanted.length === 0) return [];
  const client = session.connectIn(region, CloudWatchClient);
  const { all } = await findAlarms(client, { AlarmNames: wanted.map(({ name }) => name) });
  const there = new Set(all.map(({ AlarmName: name = '' }) => name));
  return wanted
    .filter(({ name }) => there.has(name))
    .map(({ logicalId, type, name }) => ({ logicalId, type, name }));
};

/** So many reads at once. */
const atOnce = 10;

const existingIn = async (place: Place, named: readonly NamedResource[]): Promise<ExistingFact[]> => {
  const found = await alarmsFound(place, named);
  for (let start = 0; start < named.length; start += atOnce)
    found.push(
      ...(await Promise.all(named.slice(start, start + atOnce).map((one) => existingOf(place, one)))).flat(),
    );
  return found;
};

const concurrencyIn = async ({ session, region }: Place): Promise<ConcurrencyFact> => {
  const client = session.connectIn(region, LambdaClient);
  const FunctionName = session.names.functionName('TakeAlarm');
  const [{ AccountLimit: account = {} }, takeAlarm] = await Promise.all([
    client.send(new GetAccountSettingsCommand({})),
    ifThere(client.send(new GetFunctionCommand({ FunctionName }))),
  ]);
  return {
    limit: account.ConcurrentExecutions ?? 0,
    unreserved: account.UnreservedConcurrentExecutions ?? 0,
    ofTakeAlarm: takeAlarm?.Concurrency?.ReservedConcurrentExecutions ?? 0,
  };
};

/** AWS's own key needs no grant. */
const isOwn = (key: string): boolean => key.endsWith('alias/aws/ebs');

const volumeKeyIn = async ({ session, region }: Place): Promise<string | undefined> => {
  const client = session.connectIn(region, EC2Client);
  const { EbsEncryptionByDefault: encrypts } = await client.send(new GetEbsEncryptionByDefaultCommand({}));
  if (encrypts !== true) return undefined;
  const { KmsKeyId: key } = await client.send(new GetEbsDefaultKmsKeyIdCommand({}));
  return key === undefined || isOwn(key) ? undefined : key;
};

/** The session's stack in a region, if there is one. */
export const readStack = (session: Session, region: string): Promise<StackFact | undefined> =>
  describeStack(session.connectIn(region, CloudFormationClient), `forseti-${session.stage}`);

/**
 * Reads what else is in a region. What may not be read is reported, and counts as absent.
 * @param template with those resources that the stack is to have
 */
export const readRegion = async (
  session: Session,
  region: string,
  stack: StackFact | undefined,
  template: CloudFormationTemplate,
): Promise<RegionFacts> => {
  const place = { session, region };
  const unseen: string[] = [];
  const see = async <Seen>(what: string, look: Promise<Seen>, otherwise: Seen): Promise<Seen> =>
    look.catch((error: unknown) => {
      unseen.push(`${what} could not be read (${nameOf(error)}: ${messageOf(error)}).`);
      return otherwise;
    });
  const absent = namedResources(template).filter(
    ({ logicalId }) => stack?.resources[logicalId] === undefined,
  );
  const [concurrency, existing, volumeKey] = await Promise.all([
    see("Lambda's limits", concurrencyIn(place), undefined),
    see('Resources of the same names', existingIn(place, absent), []),
    see('The key of new volumes', volumeKeyIn(place), undefined),
  ]);
  return {
    region,
    existing,
    unseen,
    ...(stack && { stack }),
    ...(concurrency && { concurrency }),
    ...(volumeKey !== undefined && { volumeKey }),
  };
};

export const templateFacts = (template: CloudFormationTemplate): TemplateFacts => ({
  bytes: Buffer.byteLength(JSON.stringify(template)),
  resources: Object.keys(template.Resources).length,
  parameters: Object.keys(template.Parameters ?? {}).length,
});
