import type { CloudState } from '../../packages/embedded-cloud/src/core/cloud';
import { AwsError } from '../../packages/embedded-cloud/src/errors';
import type { ListenerRequest } from '../../packages/embedded-cloud/src/elasticloadbalancing/request';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { raise, type Stage, type StageOptions } from './support/stage';
import { changesBy, dying, switchesOf, turn } from './support/switches';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await raise({ group: { instances: 2 } })).cloud.snapshot();
});
const stageWith = (options: StageOptions = {}): Promise<Stage> => raise({ from: saved, ...options });

const elbOf = (stage: Stage) => stage.region.service('elasticloadbalancing');

/** A request as a user sends it; time passes until it is answered. */
const request = async (stage: Stage, more: Partial<ListenerRequest> = {}) => {
  const asked = elbOf(stage).request({ name: 'api', ...more });
  let over = false;
  void asked.finally(() => (over = true));
  await stage.cloud.runUntil(() => over, minuteMs);
  return asked;
};

/** What is in the load balancer's configuration. */
const picture = (stage: Stage) => ({
  rules: Object.values(elbOf(stage).state.rules).map(({ priority, conditions }) => [priority, conditions]),
  targetGroups: Object.values(elbOf(stage).state.targetGroups).map(({ name }) => name),
});

const on = { application: 'api', by: 'ada', forSeconds: 1_800 };

test('Users see a page with 503 and Retry-After, and the application again when its time is over.', async () => {
  const stage = await stageWith();
  const before = picture(stage);
  expect(await request(stage)).toMatchObject({ status: 200, body: 'v1' });
  expect(await turn(stage, 'StartMaintenance', { ...on, page: '<h1>Back at nine</h1>' })).toMatchObject({
    done: true,
    message: expect.stringMatching(
      /^api: maintenance page: on until 2026-11-22T08:30:\d\dZ, by ada\.$/,
    ) as string,
  });
  const shown = await request(stage, { path: '/tickets', method: 'POST' });
  expect(shown).toMatchObject({
    status: 503,
    body: '<h1>Back at nine</h1>',
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
  expect(Number(shown.headers['retry-after'])).toBeGreaterThan(1_700);
  expect(Number(shown.headers['retry-after'])).toBeLessThanOrEqual(1_800);
  await stage.cloud.advance(32 * minuteMs);
  expect(await request(stage)).toMatchObject({ status: 200, body: 'v1' });
  expect(picture(stage)).toEqual(before);
  expect(await switchesOf(stage)).toMatchObject([{ kind: 'maintenance', by: 'ada', offBy: 'its end' }]);
  expect(refusedByIam(stage)).toEqual([]);
});

test('Without a time it stays until somebody ends it; ended twice it is off, and the second time says who it was.', async () => {
  const stage = await stageWith();
  const before = picture(stage);
  await turn(stage, 'StartMaintenance', { application: 'api', by: 'ada' });
  await stage.cloud.advance(20 * 60 * minuteMs);
  expect(await request(stage)).toMatchObject({ status: 503, headers: { 'retry-after': '300' } });
  expect(await turn(stage, 'EndMaintenance', { application: 'api', by: 'bob' })).toMatchObject({
    done: true,
    message: 'api: maintenance page: off.',
  });
  expect(await request(stage)).toMatchObject({ status: 200 });
  expect(picture(stage)).toEqual(before);
  expect((await turn(stage, 'EndMaintenance', { application: 'api', by: 'bob' })).message).toMatch(
    /nothing is on that could be ended; bob ended it/,
  );
});

test('Turned on twice it has one rule, the last page and the last end.', async () => {
  const stage = await stageWith();
  await turn(stage, 'StartMaintenance', on);
  const rules = picture(stage);
  const again = await turn(stage, 'StartMaintenance', { ...on, by: 'bob', page: 'later', forSeconds: 3_600 });
  expect(again.message).toMatch(/on until 2026-11-22T09:00.*It was on already, since .*, by ada\./);
  expect(picture(stage)).toEqual(rules);
  await stage.cloud.advance(45 * minuteMs);
  expect(await request(stage)).toMatchObject({ status: 503, body: 'later' });
  await stage.cloud.advance(17 * minuteMs);
  expect(await request(stage)).toMatchObject({ status: 200 });
  expect(changesBy(stage).filter((action) => /Rule/.test(action))).toEqual(['CreateRule', 'DeleteRule']);
});

test('The load balancer itself answers where that is asked for.', async () => {
  const stage = await stageWith();
  const before = picture(stage);
  await turn(stage, 'StartMaintenance', { ...on, fixedResponse: true });
  const shown = await request(stage);
  expect(shown).toMatchObject({ status: 503, headers: { 'content-type': 'text/html' } });
  expect(shown.body).toContain('http-equiv="refresh"');
  expect(changesBy(stage)).toEqual(['CreateRule']);
  expect((await turn(stage, 'StartMaintenance', on)).message).toMatch(
    /is on already, answered by the load balancer/,
  );
  await stage.cloud.advance(32 * minuteMs);
  expect(picture(stage)).toEqual(before);
});

test.each([
  ['dies twice before', 'before', 2],
  ['dies twice after', 'after', 2],
] as const)(
  'The page is gone after its time although the function that removes it %s.',
  async (_how, how, times) => {
    const { faults, died } = dying('EndMaintenance', times, how);
    const stage = await stageWith({ faults });
    const before = picture(stage);
    await turn(stage, 'StartMaintenance', on);
    await stage.cloud.advance(40 * minuteMs);
    expect(died()).toBe(2);
    expect(await request(stage)).toMatchObject({ status: 200 });
    expect(picture(stage)).toEqual(before);
  },
);

test.each(['before', 'after'] as const)(
  'Where turning it on dies %s its effect nothing of it stays, though nobody gave it an end.',
  async (how) => {
    const { faults } = dying('StartMaintenance', 1, how);
    const stage = await stageWith({ faults });
    const before = picture(stage);
    expect(await turn(stage, 'StartMaintenance', { application: 'api', by: 'ada' })).toHaveProperty(
      'errorType',
    );
    await stage.cloud.advance(10 * minuteMs);
    // Dead after its effect it is on as was asked for, and recorded so.
    expect((await request(stage)).status).toBe(how === 'after' ? 503 : 200);
    await turn(stage, 'EndMaintenance', { application: 'api', by: 'ada' });
    expect(picture(stage)).toEqual(before);
  },
);

test('Where turning it on dies in the middle nothing of it stays, though nobody gave it an end.', async () => {
  const stage = await stageWith();
  const before = picture(stage);
  stage.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule'
        ? { before: new AwsError('InternalFailure', 'busy', { statusCode: 500 }) }
        : action === 'StartExecution'
          ? { before: new AwsError('ServiceUnavailable', 'busy', { statusCode: 503 }) }
          : undefined,
  };
  expect(await turn(stage, 'StartMaintenance', { application: 'api', by: 'ada' })).toHaveProperty(
    'errorType',
  );
  expect(picture(stage).targetGroups).toHaveLength(2);
  stage.cloud.faults = {};
  await stage.cloud.advance(5 * minuteMs);
  expect(picture(stage)).toEqual(before);
  expect(await switchesOf(stage)).toMatchObject([{ offBy: 'its end' }]);
});

test('Where AWS refuses a rule, what was made before is removed at once.', async () => {
  const stage = await stageWith();
  const before = picture(stage);
  stage.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule' ? { before: new AwsError('TooManyRules', 'Too many') } : undefined,
  };
  const answer = await turn(stage, 'StartMaintenance', on);
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(/TooManyRulesException: Too many; what was made is removed/);
  await stage.cloud.advance(minuteMs);
  expect(picture(stage)).toEqual(before);
});

test('Somebody who takes the priority between the look and the call is made way for.', async () => {
  const stage = await stageWith();
  let taken = 0;
  stage.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule' && taken++ === 0
        ? { before: new AwsError('PriorityInUse', 'taken') }
        : undefined,
  };
  expect(await turn(stage, 'StartMaintenance', on)).toMatchObject({ done: true });
  expect(await request(stage)).toMatchObject({ status: 503 });
});

test('A rule of somebody else, and one without our tags, is never removed.', async () => {
  const stage = await stageWith();
  const [listener] = Object.values(elbOf(stage).state.listeners);
  const arn = `${listener?.arn.replace(':listener/', ':listener-rule/') ?? ''}/0123456789abcdef`;
  elbOf(stage).state.rules[arn] = {
    arn,
    listenerArn: listener?.arn ?? '',
    priority: '5',
    conditions: [{ field: 'path-pattern', values: ['/admin/*'] }],
    actions: [{ type: 'fixed-response', fixedResponse: { statusCode: '403' } }],
  };
  await turn(stage, 'StartMaintenance', on);
  expect(await request(stage, { path: '/admin/x' })).toMatchObject({ status: 403 });
  expect(await request(stage)).toMatchObject({ status: 503 });
  await stage.cloud.advance(32 * minuteMs);
  expect(await request(stage, { path: '/admin/x' })).toMatchObject({ status: 403 });
  expect(picture(stage).rules).toHaveLength(2);
});

test.each([
  [
    { page: 'x'.repeat(1_025), fixedResponse: true },
    /the page has 1025 bytes, and a fixed response .* holds 1024/,
  ],
  [{ page: 'ü'.repeat(513), fixedResponse: true }, /the page has 1026 bytes/],
  [{ page: 'x'.repeat(200_001) }, /the page has 200001 bytes/],
])('A page that is too long is refused, and nothing is touched.', async (more, message) => {
  const stage = await stageWith();
  const answer = await turn(stage, 'StartMaintenance', { ...on, ...more });
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(message);
  expect(changesBy(stage)).toEqual([]);
});

test('An application that no load balancer forwards to has no page.', async () => {
  const stage = await stageWith();
  for (const group of Object.values(elbOf(stage).state.targetGroups)) group.loadBalancerArns = [];
  const answer = await turn(stage, 'StartMaintenance', on);
  expect(answer.message).toMatch(/no load balancer forwards to its target groups/);
  expect(await switchesOf(stage)).toEqual([]);
});

test('Of two applications behind one load balancer only the one meant has the page.', async () => {
  const stage = await raise({
    group: { instances: 2 },
    cloud: {
      groups: {
        api: { version: 'v1', instances: 2 },
        shop: { version: 'v7', instances: 2 },
      },
      loadBalancers: {
        api: {
          listeners: [
            {
              targetGroup: 'shop',
              rules: [{ priority: 10, hosts: ['api.example.com'], targetGroup: 'api' }],
            },
          ],
        },
      },
    },
  });
  const [asked, other] = [{ host: 'api.example.com' }, { host: 'www.example.com' }];
  await turn(stage, 'StartMaintenance', on);
  expect([(await request(stage, asked)).status, (await request(stage, other)).status]).toEqual([503, 200]);
  await stage.cloud.advance(32 * minuteMs);
  expect((await request(stage, asked)).status).toBe(200);
});

test('Where no priority is free nothing is touched, and it is said how to make room.', async () => {
  const stage = await raise({
    cloud: {
      groups: { api: { version: 'v1', instances: 2 }, shop: { version: 'v7', instances: 2 } },
      loadBalancers: {
        api: {
          listeners: [
            { targetGroup: 'shop', rules: [{ priority: 1, hosts: ['api.example.com'], targetGroup: 'api' }] },
          ],
        },
      },
    },
  });
  const answer = await turn(stage, 'StartMaintenance', on);
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(/No priority is free between 0 and 1.*aws elbv2 set-rule-priorities/);
  expect(changesBy(stage)).toEqual([]);
});
