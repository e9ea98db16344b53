import { search } from '@aws-lambda-powertools/jmespath';
import * as autoscaling from '@aws-sdk/client-auto-scaling';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as events from '@aws-sdk/client-eventbridge';
import * as stepfunctions from '@aws-sdk/client-sfn';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';
import type { SdkClientClass, Session } from '../../../cli/session/session';

/** Runs command lines of the AWS CLI as the SDK commands that they stand for. */

/** Services by the CLI's names. */
const services = { autoscaling, cloudwatch, dynamodb, ec2, events, ssm, stepfunctions, sts } as const;
type Service = keyof typeof services;
/** The part of an AWS answer that all operations share. */
type Answer = Readonly<Record<string, unknown>> & { readonly NextToken?: string };
/** A client of the SDK, for commands of its own service. */
interface AnyClient {
  send(command: unknown): Promise<Answer>;
}
const clients = {
  autoscaling: autoscaling.AutoScalingClient,
  cloudwatch: cloudwatch.CloudWatchClient,
  dynamodb: dynamodb.DynamoDBClient,
  ec2: ec2.EC2Client,
  events: events.EventBridgeClient,
  ssm: ssm.SSMClient,
  stepfunctions: stepfunctions.SFNClient,
  sts: sts.STSClient,
} as unknown as Readonly<Record<Service, SdkClientClass<AnyClient>>>; // Each is typed for its own commands only.

type Schema = ReturnType<typeof NormalizedSchema.of>;
/** A command class of the SDK. */
type CommandClass = new (input: Readonly<Record<string, unknown>>) => {
  readonly schema?: readonly [number, string, string, number, () => unknown, () => unknown];
};

/** The CLI's name of an operation or a parameter (botocore, `xform_name`): `LaunchTemplateId` → `launch-template-id`. */
export const cliName = (name: string): string =>
  name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z])([0-9]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/^-/, '');

export interface AwsCall {
  readonly service: Service;
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** `--query`: prints a part of the answer, as text. */
  readonly query?: string;
}

const isService = (name: string): name is Service => name in services;

const commandOf = (
  service: Service,
  operation: string,
): { Class: CommandClass; input: Schema; name: string } => {
  for (const [exported, Class] of Object.entries(services[service])) {
    const name = /^(\w+)Command$/.exec(exported)?.[1];
    if (name === undefined || cliName(name) !== operation) continue;
    // All exports of that name are command classes.
    const Command = Class as unknown as CommandClass;
    const [, , , , input] = new Command({}).schema ?? [];
    if (!input) throw new Error(`The SDK tells no schema of ${name}.`);
    return { Class: Command, input: NormalizedSchema.of(input() as never), name }; // A schema of any shape.
  }
  throw new Error(`aws ${service} has no operation ${operation}.`);
};

/** Options by name, each with its arguments. */
const optionsIn = (words: readonly string[]): Map<string, string[]> => {
  const options = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const word of words)
    if (word.startsWith('--')) {
      if (options.has(word)) throw new Error(`${word} is given twice.`);
      current = [];
      options.set(word, current);
    } else if (current) current.push(word);
    else throw new Error(`Unknown argument ${word}.`);
  return options;
};

const one = (option: string, words: readonly string[]): string => {
  const [word] = words;
  if (word === undefined || words.length > 1)
    throw new Error(`${option}: expected one argument, got ${JSON.stringify(words)}.`);
  return word;
};

/** @throws Error for everything that the AWS CLI would refuse with exit code 252. */
export const parseAws = (words: readonly string[]): AwsCall => {
  const [aws, service = '', operation = '', ...rest] = words;
  if (aws !== 'aws' || !isService(service)) throw new Error(`No command of the AWS CLI: ${words.join(' ')}`);
  const { input: schema } = commandOf(service, operation);
  const options = optionsIn(rest);
  const take = (option: string): string | undefined => {
    const given = options.get(option);
    options.delete(option);
    return given && one(option, given);
  };
  const region = take('--region');
  const query = take('--query');
  const output = take('--output');
  const json = take('--cli-input-json');
  if (region === undefined) throw new Error('It names no region.');
  if ((query === undefined) !== (output !== 'text')) throw new Error('A query is asked for as text.');
  const input = json === undefined ? {} : structure(schema, JSON.parse(json), '--cli-input-json');
  for (const [option, given] of options) Object.assign(input, parameter(schema, option, given));
  return { service, operation, region, input, ...(query !== undefined && { query }) };
};

const parameter = (schema: Schema, option: string, given: readonly string[]): Record<string, unknown> => {
  for (const [name, member] of schema.structIterator()) {
    if (member.isBooleanSchema()) {
      if (option !== `--${cliName(name)}` && option !== `--no-${cliName(name)}`) continue;
      if (given.length > 0) throw new Error(`${option} takes no argument.`);
      return { [name]: !option.startsWith('--no-') };
    }
    if (option === `--${cliName(name)}`) return { [name]: fromWords(member, option, given) };
  }
  throw new Error(`Unknown option ${option}.`);
};

const fromWords = (schema: Schema, option: string, words: readonly string[]): unknown => {
  const [first = ''] = words;
  if (schema.isListSchema()) {
    if (words.length === 0) throw new Error(`${option}: expected at least one argument.`);
    if (first.startsWith('[')) return fromJson(schema, JSON.parse(one(option, words)), option);
    return words.map((word) => fromWords(schema.getValueSchema(), option, [word]));
  }
  if (schema.isStructSchema()) {
    if (first.startsWith('{')) return fromJson(schema, JSON.parse(one(option, words)), option);
    return shorthand(schema, one(option, words), option);
  }
  const word = one(option, words);
  if (schema.isMapSchema()) return fromJson(schema, JSON.parse(word), option);
  return schema.isNumericSchema() ? number(word, option) : word;
};

const number = (word: string, option: string): number => {
  if (!/^-?\d+(\.\d+)?$/.test(word)) throw new Error(`${option}: ${word} is no number.`);
  return Number(word);
};

/** `Name=x,Values=a,b`, without the quotes that the shorthand allows too (AWS CLI user guide, "Shorthand syntax"). */
const shorthand = (schema: Schema, word: string, option: string): Record<string, unknown> => {
  if (/["'[\]{}]/.test(word)) throw new Error(`${option}: the shorthand does not take ${word} as it is.`);
  const values: [string, string[]][] = [];
  for (const part of word.split(',')) {
    const at = part.indexOf('=');
    if (at >= 0) values.push([part.slice(0, at), [part.slice(at + 1)]]);
    else values.at(-1)?.[1].push(part);
  }
  const entries = values.map(([key, texts]) => {
    const member = memberOf(schema, key, option);
    return [key, member.isListSchema() ? texts : texts.join(',')] as const;
  });
  return Object.fromEntries(entries);
};

const memberOf = (schema: Schema, key: string, where: string): Schema => {
  for (const [name, member] of schema.structIterator()) if (name === key) return member;
  throw new Error(`${where}: there is no ${key} in ${schema.getName() ?? 'it'}.`);
};

const structure = (schema: Schema, value: unknown, where: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) throw new Error(`${where}: expected an object.`);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => [
      key,
      fromJson(memberOf(schema, key, where), inner, `${where}.${key}`),
    ]),
  );
};

const fromJson = (schema: Schema, value: unknown, where: string): unknown => {
  if (schema.isStructSchema()) return structure(schema, value, where);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw new Error(`${where}: expected a list.`);
    return value.map((inner: unknown) => fromJson(schema.getValueSchema(), inner, where));
  }
  if (schema.isMapSchema() && typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]: [string, unknown]) => [
        key,
        fromJson(schema.getValueSchema(), inner, `${where}.${key}`),
      ]),
    );
  const expected = schema.isBooleanSchema() ? 'boolean' : schema.isNumericSchema() ? 'number' : 'string';
  if (!schema.isMapSchema() && typeof value !== expected)
    throw new Error(`${where}: expected a ${expected}.`);
  return value;
};

/** Runs one call as the CLI does: all pages, with the query for each. @returns what it prints. */
export const runAws = async (session: Session, call: AwsCall): Promise<string> => {
  const { Class } = commandOf(call.service, call.operation);
  const client = session.connectIn(call.region, clients[call.service]);
  const printed: string[] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(
      new Class({ ...call.input, ...(token !== undefined && { NextToken: token }) }),
    );
    if (call.query !== undefined) printed.push(text(search(call.query, plain(answer))));
    token = answer.NextToken;
  } while (token !== undefined && token !== '');
  return printed.join('\n');
};

/** As JSON: dates become texts. */
const plain = (answer: Answer) => JSON.parse(JSON.stringify(answer)) as Readonly<Record<string, never>>;

const text = (value: unknown): string => {
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return value.map(text).join('\t');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
