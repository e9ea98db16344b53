/** The values of CloudFormation's `Ref` and `Fn::GetAtt`, by resource type. */
import { createHash } from 'node:crypto';
import { functionUrlOf, urlIdOf } from '../lambda/functionUrls';

/** The location of a stack. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly partition: 'aws';
  readonly stackName: string;
  /** What tells this stack from others that had its name: generated names differ by it. */
  readonly salt?: string;
}

export interface Identity {
  /** The value of `Ref`: the physical id. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The resource's resolved names: properties that end in `Name`, and `Path`. */
type Names = Readonly<Record<string, unknown>>;

type Identify = (names: Names, logicalId: string, place: Place) => Identity;

const arn = (place: Place, service: string, resource: string): string =>
  `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;

const globalArn = (place: Place, service: string, account: string, resource: string): string =>
  `arn:${place.partition}:${service}::${account}:${resource}`;

/**
 * Stack name, logical id and letters. The letters differ between the stacks of two regions, since some names are
 * global. AWS's are random; these are the same in each run. IAM has the shortest limit, 64 characters.
 */
const generatedName = (logicalId: string, { stackName, account, region, salt }: Place): string => {
  const parts = [account, region, stackName, logicalId, ...(salt === undefined ? [] : [salt])];
  const hash = createHash('sha256').update(parts.join(':'));
  const letters = BigInt(`0x${hash.digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 12);
  return `${`${stackName}-${logicalId}`.slice(0, 64 - 1 - letters.length)}-${letters}`;
};

/** The given name, or a generated one. */
const nameFrom = (names: Names, key: string, logicalId: string, place: Place): string => {
  const given = names[key];
  return typeof given === 'string' ? given : generatedName(logicalId, place);
};

const named =
  (key: string, service: string, resource: (name: string) => string, nameAttribute?: string): Identify =>
  (names, logicalId, place) => {
    const name = nameFrom(names, key, logicalId, place);
    const attributes = { Arn: arn(place, service, resource(name)) };
    return { ref: name, attributes: nameAttribute ? { ...attributes, [nameAttribute]: name } : attributes };
  };

const queue: Identify = (names, logicalId, place) => {
  const name = nameFrom(names, 'QueueName', logicalId, place);
  const url = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
  return { ref: url, attributes: { Arn: arn(place, 'sqs', name), QueueName: name, QueueUrl: url } };
};

const topic: Identify = (names, logicalId, place) => {
  const name = nameFrom(names, 'TopicName', logicalId, place);
  const topicArn = arn(place, 'sns', name);
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
};

const stateMachine: Identify = (names, logicalId, place) => {
  const name = nameFrom(names, 'StateMachineName', logicalId, place);
  const machineArn = arn(place, 'states', `stateMachine:${name}`);
  return { ref: machineArn, attributes: { Arn: machineArn, Name: name } };
};

const role: Identify = (names, logicalId, place) => {
  const name = nameFrom(names, 'RoleName', logicalId, place);
  const path = typeof names.Path === 'string' ? names.Path : '/';
  const attributes = {
    Arn: globalArn(place, 'iam', place.account, `role${path}${name}`),
    RoleId: `AROA${logicalId}`,
  };
  return { ref: name, attributes };
};

const bucket: Identify = (names, logicalId, place) => {
  const lower = nameFrom(names, 'BucketName', logicalId, place).toLowerCase();
  return { ref: lower, attributes: { Arn: globalArn(place, 's3', '', lower) } };
};

const key: Identify = (_names, logicalId, place) => {
  const id = generatedName(logicalId, place);
  return { ref: id, attributes: { Arn: arn(place, 'kms', `key/${id}`), KeyId: id } };
};

/** Types of which no attributes are modelled. */
const anonymous: Identify = (_names, logicalId, place) => ({
  ref: generatedName(logicalId, place),
  attributes: {},
});

/** The URL is derived from account, region, stack and logical id, so that updates do not change it. */
const functionUrl: Identify = (names, logicalId, place) => {
  const { account, region, stackName, salt = '' } = place;
  const address = functionUrlOf(urlIdOf(account, region, stackName + salt, logicalId), region);
  return { ...anonymous(names, logicalId, place), attributes: { FunctionUrl: address } };
};

export const identities: Readonly<Record<string, Identify>> = {
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', (name) => `alarm:${name}`),
  'AWS::DynamoDB::GlobalTable': named('TableName', 'dynamodb', (name) => `table/${name}`),
  'AWS::DynamoDB::Table': named('TableName', 'dynamodb', (name) => `table/${name}`),
  'AWS::Events::Rule': named('Name', 'events', (name) => `rule/${name}`),
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': key,
  'AWS::Lambda::EventInvokeConfig': anonymous,
  'AWS::Lambda::EventSourceMapping': anonymous,
  'AWS::Lambda::Function': named('FunctionName', 'lambda', (name) => `function:${name}`),
  'AWS::Lambda::Permission': anonymous,
  'AWS::Lambda::Url': functionUrl,
  'AWS::Logs::LogGroup': named('LogGroupName', 'logs', (name) => `log-group:${name}:*`),
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': anonymous,
  'AWS::SNS::Subscription': anonymous,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': anonymous,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': anonymous,
  'AWS::SSM::Document': named('Name', 'ssm', (name) => `document/${name}`),
  'AWS::SSM::Parameter': named('Name', 'ssm', (name) => `parameter/${name.replace(/^\//, '')}`, 'Value'),
  'AWS::StepFunctions::StateMachine': stateMachine,
};
