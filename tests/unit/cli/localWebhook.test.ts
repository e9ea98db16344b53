import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { StoredCloud, TextRequest } from '@forseti/embedded-cloud/client';
import { mockClient } from 'aws-sdk-client-mock';
import { deliveryId, headersOf, sendWebhook } from '../../../cli/local/webhook';
import type { Session } from '../../../cli/session/session';
import { namesOf } from '../../../lib/aws/stackNames';
import { githubSignature } from '../../../lib/intake/webhook/signature';

const body = '{"ref":"refs/tags/v2"}';
const ssm = mockClient(SSMClient);
beforeEach(() => ssm.reset());

const make = () => {
  const sent: TextRequest[] = [];
  const names = namesOf({ region: 'eu-west-1', account: '123456789012', stage: 'production' });
  const urls = { abc: { urlId: 'abc', functionName: names.functionName('Webhook'), authType: 'NONE' } };
  const cloud = {
    now: () => Date.UTC(2026, 10, 22, 8),
    show: async () => ({ regions: { 'eu-west-1': { lambda: { urls } } } }),
    request: async (request: TextRequest) => {
      sent.push(request);
      return { status: 202, body: '{}' };
    },
  } as unknown as StoredCloud;
  const connect = (Class: typeof SSMClient) => new Class({ region: 'eu-west-1' });
  const session = { region: 'eu-west-1', stage: 'production', names, connect } as unknown as Session;
  return { cloud, session, sent };
};

test('A delivery of GitHub bears the signature that the stack checks.', async () => {
  ssm
    .on(GetParameterCommand, { Name: '/forseti/production/webhooks/github', WithDecryption: true })
    .resolves({ Parameter: { Value: 's3cret\n' } });
  const { cloud, session, sent } = make();
  await sendWebhook(cloud, session, { provider: 'github', event: 'push', body });
  expect(sent).toEqual([
    {
      url: 'https://abc.lambda-url.eu-west-1.on.aws/',
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': expect.stringContaining('GitHub-Hookshot/') as string,
        'x-github-event': 'push',
        'x-github-delivery': expect.stringMatching(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
        ) as string,
        'x-hub-signature-256': githubSignature(Buffer.from(body), 's3cret'),
      },
    },
  ]);
});

test('A delivery of GitLab bears its token and the name of its hook.', () => {
  const delivery = { provider: 'gitlab', body, id: 'one', secret: 'token' } as const;
  expect(headersOf({ ...delivery, event: 'tag_push' })).toMatchObject({
    'x-gitlab-event': 'Tag Push Hook',
    'x-gitlab-token': 'token',
    'idempotency-key': 'one',
  });
  expect(headersOf({ ...delivery, event: 'Pipeline Hook' })).toMatchObject({
    'x-gitlab-event': 'Pipeline Hook',
  });
});

test('Each delivery has an id of its own, the same in each run.', () => {
  expect(deliveryId(body, 1)).toBe(deliveryId(body, 1));
  expect(deliveryId(body, 1)).not.toBe(deliveryId(body, 2));
  expect(deliveryId(body, 1)).not.toBe(deliveryId('{}', 1));
});

test('Without a secret it says how to make one.', async () => {
  ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: 'gone', $metadata: {} }));
  const { cloud, session } = make();
  await expect(sendWebhook(cloud, session, { provider: 'gitlab', event: 'push', body })).rejects.toThrow(
    /forseti webhook secret gitlab --local/,
  );
});
