import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AwsError, type Faults, functionUrlOf } from '@forseti/embedded-cloud';
import { Table } from '../../../lib/aws/table';
import type { DeliveryItem } from '../../../lib/intake/webhook/deliveries';
import { maxBytes } from '../../../lib/intake/webhook/request';
import { githubSignature } from '../../../lib/intake/webhook/signature';
import { compileStack } from '../../../cli/local/stack';
import { startTestStack } from '../../machines/support/testStack';
import { tagDeleted, tagMoved } from './gitlabExamples';
import {
  branch,
  commit,
  deletedTag,
  fromGitHub,
  fromGitLab,
  publishedBy,
  secret,
  type Sent,
  token,
  withHeaders,
} from './webhookExamples';

const prefix = '/forseti/production/webhooks';
const functionName = 'forseti-production-Webhook';

/**
 * The compiled stack on a cloud, with its exported handler behind its function URL. The application deploys
 * `simple-tag`.
 */
const open = async (
  faults?: Faults,
  secrets: Readonly<Record<string, string>> = { github: secret, gitlab: token },
) => {
  const stack = await startTestStack({
    group: { instances: 1 },
    settings: { tags: { pattern: '^(simple-tag|v.*)$' } },
    ...(faults && { faults }),
  });
  const { cloud, region, session } = stack;
  const ssm = session.connect(SSMClient);
  for (const [name, Value] of Object.entries(secrets))
    await ssm.send(new PutParameterCommand({ Name: `${prefix}/${name}`, Value, Type: 'SecureString' }));
  const lambda = region.service('lambda');
  const { urlId } = Object.values(lambda.state.urls ?? {})[0] ?? { urlId: '' };
  const calls = () => cloud.calls.list.filter(({ caller }) => caller === functionName);
  const of = (wanted: string) => calls().filter(({ action }) => action === wanted).length;
  const items = new Table<DeliveryItem>(session.connect(DynamoDBClient), 'forseti-production-requests');
  return {
    stack,
    of,
    calls,
    send: async (sent: Sent, method = 'POST') => {
      const request = { url: functionUrlOf(urlId, 'eu-west-1'), method, ...sent };
      const { status, headers, body } = await cloud.run(() => lambda.request(request));
      expect(headers['content-type']).toBe('application/json');
      return {
        status,
        ...(JSON.parse(Buffer.from(body).toString()) as { accepted: boolean; reason?: string }),
      };
    },
    deliveries: async () => (await items.scan()).filter(({ key }) => key.startsWith('webhook#')),
    /** Logs of every function, since any of them could have received a secret. */
    logs: () => lambda.state.logs.map(({ text }) => text).join('\n'),
  };
};

const big = (bytes: number) => fromGitHub(JSON.stringify({ filler: 'x'.repeat(bytes) }));
const right = fromGitHub();
const signature = right.headers['X-Hub-Signature-256'] ?? '';
const signed = (changes: Readonly<Record<string, string | undefined>>) => withHeaders(right, changes);
const asForm = (): Sent => {
  const body = new URLSearchParams({ payload: right.body }).toString();
  const changes = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Hub-Signature-256': githubSignature(Buffer.from(body), secret),
  };
  return { ...signed(changes), body };
};

/** None of these enqueues a message. The last column says whether the refusal is recorded. */
const refusals: [string, Sent, number, RegExp, boolean][] = [
  ['a wrong signature', fromGitHub(undefined, { key: 'another secret' }), 401, /not the signature/, false],
  ['no signature', signed({ 'X-Hub-Signature-256': undefined }), 401, /is missing/, false],
  [
    'a truncated signature',
    signed({ 'X-Hub-Signature-256': signature.slice(0, 40) }),
    401,
    /not the sig/,
    false,
  ],
  ['a changed body', { ...right, body: `${right.body} ` }, 401, /not the signature/, false],
  ['a wrong token', fromGitLab(undefined, { key: 'another token' }), 401, /not the token/, false],
  ['a truncated token', fromGitLab(undefined, { key: token.slice(0, -1) }), 401, /not the token/, false],
  ['no token', withHeaders(fromGitLab(), { 'X-Gitlab-Token': undefined }), 401, /is missing/, false],
  [
    'neither provider',
    { headers: { 'Content-Type': 'application/json' }, body: '{}' },
    401,
    /no webhook/,
    false,
  ],
  ['2 MiB', big(2 * 1024 * 1024), 413, new RegExp(String(maxBytes)), false],
  ['plain text', signed({ 'Content-Type': 'text/plain' }), 415, /application\/json or application/, false],
  ['broken JSON', fromGitHub('{"ref": "refs/tags/v1"'), 400, /no JSON object/, false],
  ['a JSON list', fromGitHub('[]'), 400, /no JSON object/, false],
  ['a push without its repository', fromGitHub({ ref: 'refs/tags/v1' }), 400, /repository/, false],
  ['no delivery id', signed({ 'X-GitHub-Delivery': undefined }), 400, /X-GitHub-Delivery/, false],
  ['a branch push', fromGitHub(branch), 202, /refs\/heads\/master .* is no tag/, true],
  ['a deleted tag', fromGitHub(deletedTag), 202, /was deleted/, true],
  ['a create event', fromGitHub(publishedBy('create'), { event: 'create' }), 202, /names no commit/, true],
  ['a release', fromGitHub(publishedBy('release'), { event: 'release' }), 202, /deploys nothing/, true],
  ['a ping', fromGitHub(publishedBy('ping'), { event: 'ping' }), 200, /reaches this webhook/, true],
  ['a deleted tag of GitLab', fromGitLab(tagDeleted), 202, /was deleted/, true],
  ['a moved tag of GitLab', fromGitLab(tagMoved), 202, /was moved/, true],
];

test('A refused delivery enqueues nothing, and nothing secret is logged or answered', async () => {
  const cloud = await open();
  for (const [name, sent, status, reason, isWritten] of refusals) {
    const before = (await cloud.deliveries()).length;
    const delivery = `refusal-${name.replaceAll(/\W/g, '-')}`;
    const own = 'X-GitHub-Delivery' in sent.headers ? { 'X-GitHub-Delivery': delivery } : {};
    const key = 'Idempotency-Key' in sent.headers ? { 'Idempotency-Key': delivery } : {};
    const answer = await cloud.send(withHeaders(sent, { ...own, ...key }));
    expect([name, answer.status, answer.accepted]).toEqual([name, status, false]);
    expect([name, answer.reason]).toEqual([name, expect.stringMatching(reason)]);
    expect([name, (await cloud.deliveries()).length - before]).toEqual([name, isWritten ? 1 : 0]);
    expect(JSON.stringify(answer)).not.toMatch(/a (?:secret|token) of/);
  }
  expect(cloud.of('SendMessage')).toBe(0);
  const logs = cloud.logs();
  expect(logs).toContain('"status":401');
  for (const hidden of [secret, token, 'another', signature, signature.slice(7, 40), 'Hello-World.git'])
    expect(logs).not.toContain(hidden);
  expect(await cloud.stack.executionArns()).toEqual([]);
}, 60_000);

test.each([
  ['GitHub in JSON', right, 'simple-tag'],
  ['GitHub in a form', asForm(), 'simple-tag'],
  ['GitLab', fromGitLab(), 'v1_0_0'],
])(
  'A new tag of %s starts the machine under its business name, once, however often it is reported',
  async (_name, sent, tag) => {
    const cloud = await open();
    expect(await cloud.send(sent)).toMatchObject({ status: 202, accepted: true });
    expect(await cloud.send(sent)).toMatchObject({ status: 200, accepted: false });
    await cloud.stack.cloud.advance(60_000);
    expect(await cloud.send(sent)).toMatchObject({
      status: 200,
      reason: expect.stringMatching(/taken already/) as string,
    });
    await cloud.stack.cloud.advance(60_000);
    const arns = await cloud.stack.executionArns();
    expect(arns).toHaveLength(1);
    expect(arns[0]).toMatch(new RegExp(`:api-${tag}-[0-9a-f]{12}$`));
    expect(cloud.of('SendMessage')).toBe(1);
    const refused = cloud.calls().filter(({ error }) => error === 'AccessDeniedException');
    expect(refused).toEqual([]);
  },
  60_000,
);

test('The accepted answer says what was accepted', async () => {
  const cloud = await open();
  expect(await cloud.send(right)).toEqual({
    status: 202,
    accepted: true,
    delivery: right.headers['X-GitHub-Delivery'],
    request: { repository: 'Codertocat/Hello-World', tag: 'simple-tag', commit },
  });
}, 60_000);

/** How the function or its calls fail on the first try. */
const troubles: [string, Faults, number][] = [
  [
    'its sandbox is killed before it runs',
    {
      invocation: ({ functionName: name, count }) =>
        name === functionName && count === 0 ? 'before' : undefined,
    },
    502,
  ],
  [
    'its sandbox is killed after its work',
    {
      invocation: ({ functionName: name, count }) =>
        name === functionName && count === 0 ? 'after' : undefined,
    },
    502,
  ],
  [
    'the queue never answers, though it took the message',
    {
      call: ({ caller, action, count }) =>
        caller.name === functionName && action === 'SendMessage' && count === 0 ? { lost: true } : undefined,
    },
    503,
  ],
  [
    'the table answers an error after it took the mark, and the SDK asks again',
    {
      call: ({ caller, action, count }) =>
        caller.name === functionName && action === 'PutItem' && count === 0
          ? { after: new AwsError('InternalServerError', 'Internal server error', { statusCode: 500 }) }
          : undefined,
    },
    202,
  ],
];

test.each(troubles)(
  'Nothing is lost and nothing done twice when %s',
  async (_name, faults, status) => {
    const cloud = await open();
    cloud.stack.cloud.faults = faults;
    const url = Object.values(cloud.stack.region.service('lambda').state.urls ?? {})[0]?.urlId ?? '';
    const request = { url: functionUrlOf(url, 'eu-west-1'), method: 'POST', ...right };
    const first = await cloud.stack.cloud.run(() => cloud.stack.region.service('lambda').request(request));
    expect(first.status).toBe(status);
    await cloud.stack.cloud.advance(60_000);
    expect([200, 202]).toContain((await cloud.send(right)).status);
    expect((await cloud.send(right)).status).toBe(200);
    await cloud.stack.cloud.advance(120_000);
    expect(await cloud.stack.executionArns()).toHaveLength(1);
  },
  60_000,
);

test('While Parameter Store, the table or the queue is down, the sender is asked to try again', async () => {
  const cloud = await open();
  for (const service of ['ssm', 'dynamodb', 'sqs']) {
    cloud.stack.cloud.faults = {
      outage: ({ service: name, now }) =>
        name === service ? { manner: 'refuse', until: now + 60_000 } : undefined,
    };
    expect([service, await cloud.send(right)]).toEqual([
      service,
      { status: 503, accepted: false, reason: expect.stringMatching(/send the delivery again/) as string },
    ]);
  }
  cloud.stack.cloud.faults = {};
  expect((await cloud.send(right)).status).toBe(202);
  await cloud.stack.cloud.advance(60_000);
  expect(await cloud.stack.executionArns()).toHaveLength(1);
}, 60_000);

test('Without a secret every delivery is refused, and the log names the missing parameter', async () => {
  const cloud = await open(undefined, {});
  expect((await cloud.send(right)).status).toBe(401);
  expect((await cloud.send(fromGitHub(undefined, { key: '' }))).status).toBe(401);
  expect(cloud.logs()).toContain(`${prefix}/github`);
}, 60_000);

test('The template opens the URL by both statements that AWS requires, and gives the function no more than it needs', async () => {
  const { Resources: resources } = (await compileStack(process.cwd())).template;
  const all = Object.entries(resources).filter(([id]) => id.startsWith('Webhook'));
  const ofType = (type: string) =>
    all.filter(([, { Type }]) => Type === type).map(([, { Properties }]) => Properties);
  expect(ofType('AWS::Lambda::Url')).toMatchObject([{ AuthType: 'NONE' }]);
  expect(ofType('AWS::Lambda::Permission')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        Action: 'lambda:InvokeFunctionUrl',
        Principal: '*',
        FunctionUrlAuthType: 'NONE',
      }),
      expect.objectContaining({
        Action: 'lambda:InvokeFunction',
        Principal: '*',
        InvokedViaFunctionUrl: true,
      }),
    ]),
  );
  const actions = [
    ...JSON.stringify(ofType('AWS::IAM::Role')).matchAll(/(?:dynamodb|ssm|sqs|kms|s3|states):\w+/g),
  ];
  expect([...new Set(actions.map(([action]) => action))].sort()).toEqual([
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'sqs:SendMessage',
    'ssm:GetParameters',
  ]);
}, 60_000);
