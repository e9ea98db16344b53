import * as autoscaling from '@aws-sdk/client-auto-scaling';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as elasticloadbalancing from '@aws-sdk/client-elastic-load-balancing-v2';
import * as events from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as states from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { cbor } from '@smithy/core/cbor';
import { HttpResponse } from '@smithy/core/protocols';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { denied, throttled } from '../../src/cloud/refusals';
import { AwsError } from '../../src/core/errors';
import { toSdkError, type ErrorSource } from '../../src/sdk/errors';
import { prefixOf } from '../../src/sdk/prefixes';

interface WireError {
  readonly code: string;
  readonly status: number;
}

interface Wire {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const message = 'What AWS would say.';
const text = (body: string): Uint8Array => new TextEncoder().encode(body);

/** An error as each protocol sends it, by the specifications of the Smithy protocols. */
const wires: Readonly<Record<string, (error: WireError) => Wire>> = {
  'aws.protocols#awsQuery': ({ code }) => ({
    headers: { 'content-type': 'text/xml' },
    body: text(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
        '<RequestId>1</RequestId></ErrorResponse>',
    ),
  }),
  'aws.protocols#ec2Query': ({ code }) => ({
    headers: { 'content-type': 'text/xml' },
    body: text(
      `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>` +
        '<RequestID>1</RequestID></Response>',
    ),
  }),
  'aws.protocols#awsJson1_0': ({ code }) => ({
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${code};Sender` },
    body: text(JSON.stringify({ __type: `com.amazonaws#${code}`, message })),
  }),
  'aws.protocols#awsJson1_1': ({ code }) => ({
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: text(JSON.stringify({ __type: code, message })),
  }),
  'aws.protocols#restJson1': ({ code }) => ({
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: text(JSON.stringify({ message })),
  }),
  'smithy.protocols#rpcv2Cbor': ({ code }) => ({
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-query-error': `${code};Sender`,
    },
    body: cbor.serialize({ __type: `com.amazonaws#${code}`, message }),
  }),
};

interface AnyClient {
  readonly config: ErrorSource & { readonly serviceId: string; readonly protocol: { getShapeId(): string } };
  send(command: object): Promise<unknown>;
}
type ClientClass = new (config: object) => object;

/** The result of the SDK's own deserializer for an error on the wire. */
const deserialized = async (Client: ClientClass, command: object, error: WireError): Promise<Error> => {
  const requestHandler = {
    handle: async () => {
      const { headers, body } = wires[client.config.protocol.getShapeId()]?.(error) ?? {
        headers: {},
        body: text(''),
      };
      return { response: new HttpResponse({ statusCode: error.status, headers, body }) };
    },
  };
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'none' };
  const client = new Client({
    region: 'eu-west-1',
    credentials,
    requestHandler,
    maxAttempts: 1,
  }) as AnyClient;
  return client.send(command).then(
    () => new Error('The SDK took an error for an answer.'),
    (thrown: unknown) => thrown as Error,
  );
};

const services: readonly (readonly [Client: ClientClass, command: object])[] = [
  [autoscaling.AutoScalingClient, new autoscaling.DescribeAutoScalingGroupsCommand({})],
  [cloudwatch.CloudWatchClient, new cloudwatch.DescribeAlarmsCommand({})],
  [dynamodb.DynamoDBClient, new dynamodb.ListTablesCommand({})],
  [ec2.EC2Client, new ec2.DescribeInstancesCommand({})],
  [
    elasticloadbalancing.ElasticLoadBalancingV2Client,
    new elasticloadbalancing.DescribeTargetGroupsCommand({}),
  ],
  [events.EventBridgeClient, new events.ListRulesCommand({})],
  [lambda.LambdaClient, new lambda.ListFunctionsCommand({})],
  [servicequotas.ServiceQuotasClient, new servicequotas.ListServicesCommand({})],
  [states.SFNClient, new states.ListStateMachinesCommand({})],
  [sns.SNSClient, new sns.ListTopicsCommand({})],
  [sqs.SQSClient, new sqs.ListQueuesCommand({})],
  [ssm.SSMClient, new ssm.ListDocumentsCommand({})],
  [sts.STSClient, new sts.GetCallerIdentityCommand({})],
];

const src = join(__dirname, '../../src');

const sourcesOf = (prefix: string): string[] => [
  join(src, 'services', `${prefix}.ts`),
  ...readdirSync(join(src, prefix), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(src, prefix, name)),
];

/** The error codes in the sources of a simulated service. */
const codesOf = (prefix: string): WireError[] => {
  const found = sourcesOf(prefix).flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    return [...source.matchAll(/\bAwsError\(\s*'([A-Za-z0-9.]+)'/g)].map(([, code = '']) => code);
  });
  return [...new Set(found)].sort().map((code) => ({ code, status: 400 }));
};

interface Schema extends ReadonlyArray<unknown> {
  readonly 2: string;
}

/** All errors that the SDK models for the service, by their codes on the wire. */
const modelled = ({ config }: AnyClient): WireError[] =>
  config.protocolSettings.errorTypeRegistries.flatMap(({ exceptions }) =>
    [...exceptions.keys()]
      .filter(([, namespace]) => !namespace.startsWith('smithy.ts.sdk.synthetic.'))
      .map((schema: Schema) => {
        const traits = schema[3] as { awsQueryError?: readonly [string, number]; httpError?: number };
        const isQuery = config.protocol.getShapeId() === 'aws.protocols#awsQuery';
        const code = (isQuery ? traits.awsQueryError?.[0] : undefined) ?? schema[2];
        return { code, status: traits.awsQueryError?.[1] ?? traits.httpError ?? 400 };
      }),
  );

const nobody = { kind: 'function', arn: 'arn:aws:iam::111122223333:role/none', name: 'None' } as const;
const clientOf = (Client: ClientClass) => new Client({ region: 'eu-west-1' }) as AnyClient;

describe.each(
  services.map(
    ([Client, command]) => [prefixOf(clientOf(Client).config.serviceId), Client, command] as const,
  ),
)('An error of %s', (prefix, Client, command) => {
  const { config } = clientOf(Client);

  test('Is of the class, and has the name, that the SDK’s own deserializer gives it', async () => {
    const general = [
      throttled(prefix),
      denied(prefix, nobody, { action: 'a:B', resource: '*', explicitly: false }),
    ];
    const wire = [
      ...codesOf(prefix),
      ...modelled(clientOf(Client)),
      ...general.map(({ code, details }) => ({ code, status: details.statusCode ?? 400 })),
      { code: 'NeverModelled', status: 503 },
    ];
    for (const error of wire) {
      const real = await deserialized(Client, command, error);
      const ours = toSdkError(new AwsError(error.code, message, { statusCode: error.status }), config);
      const shown = (each: Error) => ({
        code: error.code,
        class: each.constructor.name,
        name: each.name,
        message: each.message,
        fault: (each as { $fault?: string }).$fault,
        status: (each as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode,
      });
      expect(shown(ours)).toEqual(shown(real));
      expect(ours).toBeInstanceOf(real.constructor);
    }
  });
});
