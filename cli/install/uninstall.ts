import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteParametersCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { chunks } from '../../lib/aws/chunks';
import { messageOf, nameOf } from '../../lib/aws/failure';
import type { Session } from '../session/session';
import { sessionIn } from '../queries/regions';
import { stackPlace, type TellOfStack } from './deployAll';
import { emptyBucket } from './deploymentBucket';
import type { StackFact } from './facts';
import { readStack } from './gather';
import { allInFlight, type Busy } from './inFlight';
import { isKept } from './namedResources';
import { standbyOf } from './parameters';
import { deleteStack } from './stackWork';

/** A resource that outlives the stack. */
export interface RetainedResource {
  readonly type: string;
  readonly name: string;
}

/** One stack that is removed. */
export interface Removal {
  readonly region: string;
  readonly stack: StackFact;
  readonly kept: readonly RetainedResource[];
}

/** The template of a stack, as it was deployed. */
const templateOf = async (session: Session, { region, stack }: Pick<Removal, 'region' | 'stack'>) => {
  const { TemplateBody: body = '{}' } = await session
    .connectIn(region, CloudFormationClient)
    .send(new GetTemplateCommand({ StackName: stack.id, TemplateStage: 'Original' }));
  return JSON.parse(body) as Partial<CloudFormationTemplate>;
};

/** What the stack's own template keeps, of what there is. */
export const keptOf = (
  { Resources = {} }: Partial<CloudFormationTemplate>,
  { resources }: StackFact,
): readonly RetainedResource[] =>
  Object.entries(Resources).flatMap(([id, resource]) => {
    const name = resources[id];
    return name !== undefined && isKept(resource) ? [{ type: resource.Type, name }] : [];
  });

const removalIn = async (session: Session, region: string): Promise<Removal | undefined> => {
  const stack = await readStack(session, region);
  if (!stack) return undefined;
  const template = await templateOf(session, { region, stack });
  return { region, stack, kept: keptOf(template, stack) };
};

/**
 * The stacks that go: the session's own, and before it the standby of which it is the home. A standby goes alone.
 * @returns them in the order of their removal; an empty list where there is none.
 */
export const readRemovals = async (session: Session): Promise<readonly Removal[]> => {
  const own = await removalIn(session, session.region);
  if (!own) return [];
  const other = standbyOf({}, own.stack, session.region);
  const standby = other === undefined ? undefined : await removalIn(session, other);
  return [...(standby ? [standby] : []), own];
};

/** All that still runs or is on, in all regions. */
export const busyIn = async (session: Session, removals: readonly Removal[]): Promise<readonly Busy[]> =>
  (await Promise.all(removals.map(({ region }) => allInFlight(sessionIn(session, region))))).flat();

/** Names what could not be deleted; the rest is deleted all the same. */
type Told = (what: string) => void;

const deleteTable = async (session: Session, region: string, name: string): Promise<void> => {
  const dynamo = session.connectIn(region, DynamoDBClient);
  await dynamo.send(new DeleteTableCommand({ TableName: name })).catch((error: unknown) => {
    if (nameOf(error) !== 'ResourceNotFoundException') throw error;
  });
};

const deleteSettings = async (session: Session, region: string): Promise<void> => {
  const ssm = session.connectIn(region, SSMClient);
  const names: string[] = [];
  const pages = paginateGetParametersByPath(
    { client: ssm },
    { Path: session.names.settingsPrefix, Recursive: true },
  );
  for await (const page of pages)
    for (const { Name: name } of page.Parameters ?? []) if (name !== undefined) names.push(name);
  // DeleteParameters takes ten names.
  for (const Names of chunks(names, 10)) await ssm.send(new DeleteParametersCommand({ Names }));
};

/** Deletes tables and buckets that the stacks kept, with all that they hold, and the settings. */
const deleteData = async (session: Session, removals: readonly Removal[], told: Told): Promise<void> => {
  const tryTo = (what: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      told(`${what} could not be deleted (${nameOf(error)}: ${messageOf(error)}).`);
    });
  const regions = removals.map(({ region }) => region);
  for (const { region, kept } of removals) {
    for (const { type, name } of kept) {
      // A global table has a copy in each region, of which only home's stack knows; the copies go first.
      const places = type === 'AWS::DynamoDB::GlobalTable' ? regions : [region];
      if (type.startsWith('AWS::DynamoDB::'))
        for (const place of places)
          await tryTo(`Table ${name} in ${place}`, deleteTable(session, place, name));
      if (type === 'AWS::S3::Bucket')
        await tryTo(`Bucket ${name}`, deleteBucket(session.connectIn(region, S3Client), name));
    }
    await tryTo(`The settings in ${region}`, deleteSettings(session, region));
  }
};

const deleteBucket = async (s3: S3Client, bucket: string): Promise<void> => {
  const { DeleteBucketCommand } = await import('@aws-sdk/client-s3');
  await emptyBucket(s3, bucket);
  await s3.send(new DeleteBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
    if (nameOf(error) !== 'NoSuchBucket') throw error;
  });
};

/**
 * Deletes the stacks, and with `data` what they keep.
 * @param told hears of each thing that could not be deleted
 * @throws StackFailed
 */
export const removeAll = async (
  session: Session,
  removals: readonly Removal[],
  { data, tell, told }: { readonly data: boolean; readonly tell: TellOfStack; readonly told: Told },
): Promise<void> => {
  for (const removal of removals) await deleteStack(stackPlace(session, removal.region, tell), removal.stack);
  if (data) await deleteData(session, removals, told);
};

const kindOf = (type: string): string => (type.startsWith('AWS::DynamoDB::') ? 'table' : 'bucket');

const deletion = (region: string, { type, name }: RetainedResource): string =>
  type.startsWith('AWS::DynamoDB::')
    ? `aws dynamodb delete-table --table-name ${name} --region ${region}`
    : `aws s3 rb s3://${name} --force --region ${region}`;

/** What stays, and how it is used again or deleted. */
export const stayLines = (session: Session, removals: readonly Removal[], data: boolean): string[] => {
  const { stage } = session;
  const kept = data
    ? []
    : removals.flatMap(({ region, kept: all }) =>
        all.map((one) => `  ${kindOf(one.type)} ${one.name} (${region}): ${deletion(region, one)}`),
      );
  const settings = removals.map(
    ({ region }) =>
      `  settings under ${session.names.settingsPrefix} (${region}): aws ssm delete-parameters --region ${region} --names $(aws ssm get-parameters-by-path --path ${session.names.settingsPrefix} --recursive --query 'Parameters[].Name' --output text --region ${region})`,
  );
  return [
    ...(kept.length > 0
      ? [
          `What stays, and how to delete it. "forseti install --stage ${stage}" takes the tables over again, with what they hold.`,
          ...kept,
          ...settings,
        ]
      : ['What stays:']),
    '  fleets, launch templates and images, which serve on: images of releases have the tag forseti:application, and',
    '  aws ec2 describe-images --owners self --filters Name=tag-key,Values=forseti:application lists them.',
  ];
};
