import type { SSMClient } from '@aws-sdk/client-ssm';
import { Table } from '../../../lib/aws/table';
import { parseTagEvent } from '../../../lib/intake/tagEvent';
import { claimSeconds, Deliveries, type DeliveryItem } from '../../../lib/intake/webhook/deliveries';
import { WebhookSecrets } from '../../../lib/intake/webhook/secrets';
import { takeWebhook, type WebhookTools } from '../../../lib/intake/webhook/takeWebhook';
import { cloudWithTables } from '../support/tables';
import { tagPushed } from './gitlabExamples';
import {
  branch,
  commit,
  fromGitHub,
  fromGitLab,
  newTag,
  secret,
  type Sent,
  token,
  withHeaders,
} from './webhookExamples';

const startAt = Date.UTC(2026, 10, 22, 8);

const make = () => {
  const { cloud, dynamodb } = cloudWithTables();
  const table = new Table<DeliveryItem>(dynamodb, 'forseti-test-requests');
  const sent: string[] = [];
  let now = startAt;
  let ids = 0;
  const clock = () => now;
  const ssm = {
    send: ({ input }: { input: { Names: string[] } }) =>
      Promise.resolve({
        Parameters: [{ Type: 'SecureString', Value: input.Names[0]?.endsWith('github') ? secret : token }],
      }),
  } as unknown as SSMClient;
  const tools: WebhookTools = {
    secrets: new WebhookSecrets(ssm, '/forseti/test/webhooks', clock),
    deliveries: new Deliveries(table, clock),
    enqueue: (body) => {
      sent.push(body);
      return Promise.resolve();
    },
    place: { account: '111122223333', region: 'eu-west-1' },
    clock,
    newId: () => `sandbox-${String((ids += 1))}`,
    log: { warn: () => undefined },
  };
  const take = ({ headers, body }: Sent, others: Partial<WebhookTools> = {}) =>
    cloud.run(() =>
      takeWebhook({ headers, body, requestContext: { http: { method: 'POST' } } }, { ...tools, ...others }),
    );
  return { cloud, table, tools, sent, take, pass: (seconds: number) => void (now += seconds * 1000) };
};
const dies = () => Promise.reject(Object.assign(new Error('gone'), { name: 'TimeoutError' }));

test("A new tag is one message that intake reads, with the push's own time", async () => {
  const { take, sent } = make();
  expect(await take(fromGitHub())).toEqual({
    status: 202,
    answer: {
      accepted: true,
      delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      request: { repository: 'Codertocat/Hello-World', tag: 'simple-tag', commit },
    },
  });
  expect(sent.map(parseTagEvent)).toEqual([
    {
      repository: 'Codertocat/Hello-World',
      tag: 'simple-tag',
      commit,
      pushedBy: 'Codertocat',
      pushedAt: 1_557_933_657_000,
      arrivedAt: startAt,
    },
  ]);
});

test('A GitLab tag has the time of its reception, since GitLab sends none', async () => {
  const { take, sent } = make();
  expect((await take(fromGitLab())).answer).toMatchObject({ accepted: true });
  expect(sent.map(parseTagEvent)).toMatchObject([{ tag: 'v1.0.0', pushedAt: startAt }]);
});

test('A repeated delivery puts nothing on the queue, and is answered with what became of it', async () => {
  const { take, sent, pass } = make();
  await take(fromGitHub());
  pass(3600);
  const again = await take(fromGitHub());
  expect(again.status).toBe(200);
  expect(again.answer.reason).toMatch(/taken already, at 2026-11-22T08:00:00.000Z; its request was accepted/);
  await take(fromGitHub(branch, { delivery: 'b' }));
  expect((await take(fromGitHub(branch, { delivery: 'b' }))).answer.reason).toMatch(/ignored: .* is no tag/);
  expect(sent).toHaveLength(1);
});

test('An ignored delivery is recorded with its reason', async () => {
  const { cloud, table, take } = make();
  await take(fromGitHub(branch));
  expect(await cloud.run(() => table.scan())).toMatchObject([
    {
      provider: 'github',
      event: 'push',
      refused: expect.stringMatching(/is no tag/) as string,
      receivedAt: startAt,
    },
  ]);
});

test('A moved tag is recorded for the list of refused ones, with what to run; a branch is not', async () => {
  const { cloud, table, take } = make();
  await take(fromGitHub(branch));
  const moved = { ...newTag, before: 'a'.repeat(40), created: false, forced: true };
  await take(fromGitHub(moved, { delivery: 'b' }));
  const items = await cloud.run(() => table.scan());
  expect(items.filter(({ refusal }) => refusal !== undefined)).toMatchObject([
    {
      refusal: 'tag',
      tag: 'simple-tag',
      commit,
      pushedBy: 'Codertocat',
      command: `git push origin ${commit}:refs/tags/NEW-TAG`,
    },
  ]);
});

test('If the queue takes nothing, the sender gets an error, and the same delivery succeeds when it is sent again', async () => {
  const { take, sent } = make();
  await expect(take(fromGitHub(), { enqueue: dies })).rejects.toThrow('gone');
  expect(sent).toEqual([]);
  expect((await take(fromGitHub())).status).toBe(202);
  expect((await take(fromGitHub())).status).toBe(200);
  expect(sent).toHaveLength(1);
});

test('A delivery whose sandbox died between mark and queue is completed by the next, once its claim is over', async () => {
  const { take, tools, sent, pass } = make();
  const killed = new Deliveries(make().table, () => startAt);
  killed.claim = tools.deliveries.claim.bind(tools.deliveries);
  killed.giveUp = dies;
  await expect(take(fromGitHub(), { enqueue: dies, deliveries: killed })).rejects.toThrow('gone');
  pass(claimSeconds - 1);
  const early = await take(fromGitHub());
  expect([early.status, early.headers]).toEqual([409, { 'retry-after': '1' }]);
  pass(1);
  expect((await take(fromGitHub())).status).toBe(202);
  expect(sent).toHaveLength(1);
});

test("The message of a second try is the same as the first one's, to the byte", async () => {
  const { take, sent, pass } = make();
  const lost = (body: string) => {
    sent.push(body);
    return dies();
  };
  await expect(take(fromGitLab(), { enqueue: lost })).rejects.toThrow('gone');
  pass(600);
  await take(fromGitLab());
  expect(sent).toHaveLength(2);
  expect(sent[1]).toBe(sent[0]);
});

test('Of many deliveries of one id at once one puts its request on the queue', async () => {
  const { cloud, tools, sent } = make();
  const { headers, body } = fromGitHub();
  const event = { headers, body, requestContext: { http: { method: 'POST' } } };
  const replies = await cloud.run(() =>
    Promise.all(Array.from({ length: 8 }, () => takeWebhook(event, tools))),
  );
  expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(replies.filter(({ status }) => [200, 409].includes(status))).toHaveLength(7);
  expect(sent).toHaveLength(1);
});

test('Of many deliveries that take over a dead claim at once one does', async () => {
  const { cloud, tools, take, sent, pass } = make();
  const killed = new Deliveries(make().table, () => startAt);
  killed.claim = tools.deliveries.claim.bind(tools.deliveries);
  killed.giveUp = dies;
  await expect(take(fromGitHub(), { enqueue: dies, deliveries: killed })).rejects.toThrow('gone');
  pass(claimSeconds);
  const { headers, body } = fromGitHub();
  const event = { headers, body, requestContext: { http: { method: 'POST' } } };
  await cloud.run(() => Promise.all(Array.from({ length: 8 }, () => takeWebhook(event, tools))));
  expect(sent).toHaveLength(1);
});

test('A request whose mark fails after it was accepted is accepted all the same', async () => {
  const { take, tools, sent } = make();
  const markless = new Deliveries(make().table, () => startAt);
  markless.claim = tools.deliveries.claim.bind(tools.deliveries);
  markless.done = dies;
  expect((await take(fromGitHub(), { deliveries: markless })).status).toBe(202);
  expect(sent).toHaveLength(1);
});

test("GitLab's tries of one webhook are one by their key; two tags of one event are two", async () => {
  const { take, sent } = make();
  await take(fromGitLab());
  expect((await take(withHeaders(fromGitLab(), { 'X-Gitlab-Event-UUID': 'other' }))).status).toBe(200);
  const keyless = (payload: object) => withHeaders(fromGitLab(payload), { 'Idempotency-Key': undefined });
  expect((await take(keyless(tagPushed))).status).toBe(202);
  expect((await take(keyless({ ...tagPushed, ref: 'refs/tags/v1.0.1' }))).status).toBe(202);
  expect((await take(keyless(tagPushed))).status).toBe(200);
  expect(sent).toHaveLength(3);
});

test.each([
  ['X-GitHub-Delivery', withHeaders(fromGitHub(), { 'X-GitHub-Delivery': undefined })],
  ['X-GitHub-Delivery', withHeaders(fromGitHub(), { 'X-GitHub-Delivery': 'a b' })],
  ['X-GitHub-Event', withHeaders(fromGitHub(), { 'X-GitHub-Event': undefined })],
  [
    'Idempotency-Key',
    withHeaders(fromGitLab(), { 'Idempotency-Key': undefined, 'X-Gitlab-Event-UUID': undefined }),
  ],
  ['X-Gitlab-Event', withHeaders(fromGitLab(), { 'X-Gitlab-Event': undefined })],
])('A delivery without a right %s is refused by name', async (name, sent) => {
  const reply = await make().take(sent);
  expect(reply.status).toBe(400);
  expect(reply.answer.reason).toContain(name);
});
