/** Any action that the embedded cloud knows, as a person in the console does it: an administrator, by the SDK's names. */
import type { StoredCloud } from '@forseti/embedded-cloud/client';
import { nearest } from '../../lib/application/nearest';
import { UsageError } from '../terminal/errors';
import { readInput } from './callInput';

interface Service {
  /** IAM's prefix. */
  readonly prefix: string;
  /** Other names that people know it by: the SDK's package, the AWS CLI's command. */
  readonly aliases: readonly string[];
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
}

const services: readonly Service[] = [
  {
    prefix: 'autoscaling',
    aliases: ['auto-scaling'],
    load: () => import('@aws-sdk/client-auto-scaling'),
  },
  { prefix: 'cloudtrail', aliases: [], load: () => import('@aws-sdk/client-cloudtrail') },
  { prefix: 'cloudwatch', aliases: [], load: () => import('@aws-sdk/client-cloudwatch') },
  { prefix: 'dynamodb', aliases: [], load: () => import('@aws-sdk/client-dynamodb') },
  { prefix: 'ec2', aliases: [], load: () => import('@aws-sdk/client-ec2') },
  {
    prefix: 'elasticloadbalancing',
    aliases: ['elastic-load-balancing-v2', 'elbv2'],
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  { prefix: 'events', aliases: ['eventbridge'], load: () => import('@aws-sdk/client-eventbridge') },
  { prefix: 'lambda', aliases: [], load: () => import('@aws-sdk/client-lambda') },
  {
    prefix: 'servicequotas',
    aliases: ['service-quotas'],
    load: () => import('@aws-sdk/client-service-quotas'),
  },
  { prefix: 'sns', aliases: [], load: () => import('@aws-sdk/client-sns') },
  { prefix: 'sqs', aliases: [], load: () => import('@aws-sdk/client-sqs') },
  { prefix: 'ssm', aliases: [], load: () => import('@aws-sdk/client-ssm') },
  { prefix: 'states', aliases: ['sfn', 'stepfunctions'], load: () => import('@aws-sdk/client-sfn') },
  { prefix: 'sts', aliases: [], load: () => import('@aws-sdk/client-sts') },
];

const unknown = (what: string, name: string, known: readonly string[]): UsageError => {
  const near = nearest(name, known);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  return new UsageError(`There is no ${what} ${name}${meant} Known are: ${known.join(', ')}.`);
};

const serviceOf = (name: string): Service => {
  const found = services.find(({ prefix, aliases }) => prefix === name || aliases.includes(name));
  if (found) return found;
  throw unknown(
    'service',
    name,
    services.map(({ prefix }) => prefix),
  );
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`The input is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
};

type CommandClass = new (input: unknown) => { readonly schema: readonly unknown[] };
type ClientClass = new (config: object) => { send(command: unknown): Promise<object> };

/** The SDK's client of a service: the class whose name the package's bears, less the aggregated one. */
const clientIn = (sdk: Readonly<Record<string, unknown>>): ClientClass => {
  const name = Object.keys(sdk).find((one) => /^[A-Z]\w*Client$/.test(one) && one !== '__Client');
  // The package exports one such class, whose type is not known by name here.
  return sdk[name ?? ''] as ClientClass;
};

/** Blobs as base64, dates as ISO 8601; what the SDK tells of the request is left out. */
const shown = (answer: object): string =>
  JSON.stringify(
    answer,
    (name, value: unknown) => {
      if (name === '$metadata') return undefined;
      return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    },
    2,
  );

export interface Call {
  /** IAM's prefix, the SDK's package or the AWS CLI's command. */
  readonly service: string;
  /** As the SDK calls it: `SetDesiredCapacity`. */
  readonly action: string;
  /** JSON. */
  readonly input: string;
  readonly region?: string | undefined;
}

/**
 * Makes a call on the embedded cloud as an administrator.
 * @returns the answer as JSON
 * @throws UsageError with what is known, where service, action or a member of the input are not; what the SDK throws where AWS refuses
 */
export const makeCall = async (
  cloud: StoredCloud,
  { service, action, input, region }: Call,
): Promise<string> => {
  const { prefix, load } = serviceOf(service);
  const json = parse(input);
  const known = (await cloud.actions())[prefix] ?? [];
  if (!known.includes(action)) throw unknown(`simulated action of ${prefix}`, action, known);
  const sdk = await load();
  // Every action has a command of its name in the SDK, which the answer above makes sure of.
  const Command = sdk[`${action}Command`] as CommandClass;
  const { input: read, problems } = readInput(new Command({}).schema[4] as never, json);
  if (problems.length > 0) throw new UsageError(`${action} does not take this:\n${problems.join('\n')}`);
  const client = cloud.connect(region)(clientIn(sdk));
  return shown(await client.send(new Command(read)));
};
