import { AwsError, type CloudState, type ListenerRequest } from '@forseti/embedded-cloud';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';
import { changesBy, dying, switchesOf, turn } from './support/switches';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 2 } })).cloud.snapshot();
});
const stageWith = (options: TestStackOptions = {}): Promise<TestStack> =>
  startTestStack({ from: saved, ...options });

const elbOf = (stack: TestStack) => stack.region.service('elasticloadbalancing');

/** A user's request. Time passes until it is answered. */
const request = async (stack: TestStack, more: Partial<ListenerRequest> = {}) => {
  const asked = elbOf(stack).request({ name: 'api', ...more });
  let over = false;
  void asked.finally(() => (over = true));
  await stack.cloud.runUntil(() => over, minuteMs);
  return asked;
};

/** The load balancer's configuration. */
const snapshot = (stack: TestStack) => ({
  rules: Object.values(elbOf(stack).state.rules).map(({ priority, conditions }) => [priority, conditions]),
  targetGroups: Object.values(elbOf(stack).state.targetGroups).map(({ name }) => name),
});

const on = { application: 'api', by: 'ada', forSeconds: 1_800 };

test('Users see a page with 503 and Retry-After, and the application again when its time is over', async () => {
  const stack = await stageWith();
  const before = snapshot(stack);
  expect(await request(stack)).toMatchObject({ status: 200, body: 'v1' });
  expect(await turn(stack, 'StartMaintenance', { ...on, page: '<h1>Back at nine</h1>' })).toMatchObject({
    done: true,
    message: expect.stringMatching(
      /^api: maintenance page: on until 2026-11-22T08:30:\d\dZ, by ada\.$/,
    ) as string,
  });
  const shown = await request(stack, { path: '/tickets', method: 'POST' });
  expect(shown).toMatchObject({
    status: 503,
    body: '<h1>Back at nine</h1>',
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
  expect(Number(shown.headers['retry-after'])).toBeGreaterThan(1_700);
  expect(Number(shown.headers['retry-after'])).toBeLessThanOrEqual(1_800);
  await stack.cloud.advance(32 * minuteMs);
  expect(await request(stack)).toMatchObject({ status: 200, body: 'v1' });
  expect(snapshot(stack)).toEqual(before);
  expect(await switchesOf(stack)).toMatchObject([{ kind: 'maintenance', by: 'ada', offBy: 'its end' }]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('Without an end the page stays until a person turns it off; the second time, the answer says who did', async () => {
  const stack = await stageWith();
  const before = snapshot(stack);
  await turn(stack, 'StartMaintenance', { application: 'api', by: 'ada' });
  await stack.cloud.advance(20 * 60 * minuteMs);
  expect(await request(stack)).toMatchObject({ status: 503, headers: { 'retry-after': '300' } });
  expect(await turn(stack, 'EndMaintenance', { application: 'api', by: 'bob' })).toMatchObject({
    done: true,
    message: 'api: maintenance page: off.',
  });
  expect(await request(stack)).toMatchObject({ status: 200 });
  expect(snapshot(stack)).toEqual(before);
  expect((await turn(stack, 'EndMaintenance', { application: 'api', by: 'bob' })).message).toMatch(
    /nothing is on that could be ended; bob ended it/,
  );
});

test('A page that is turned on twice has one rule, the last page and the last end', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartMaintenance', on);
  const rules = snapshot(stack);
  const again = await turn(stack, 'StartMaintenance', { ...on, by: 'bob', page: 'later', forSeconds: 3_600 });
  expect(again.message).toMatch(/on until 2026-11-22T09:00.*It was on already, since .*, by ada\./);
  expect(snapshot(stack)).toEqual(rules);
  await stack.cloud.advance(45 * minuteMs);
  expect(await request(stack)).toMatchObject({ status: 503, body: 'later' });
  await stack.cloud.advance(17 * minuteMs);
  expect(await request(stack)).toMatchObject({ status: 200 });
  expect(changesBy(stack).filter((action) => /Rule/.test(action))).toEqual(['CreateRule', 'DeleteRule']);
});

test('The load balancer itself answers if the request says so', async () => {
  const stack = await stageWith();
  const before = snapshot(stack);
  await turn(stack, 'StartMaintenance', { ...on, fixedResponse: true });
  const shown = await request(stack);
  expect(shown).toMatchObject({ status: 503, headers: { 'content-type': 'text/html' } });
  expect(shown.body).toContain('http-equiv="refresh"');
  expect(changesBy(stack)).toEqual(['CreateRule']);
  expect((await turn(stack, 'StartMaintenance', on)).message).toMatch(
    /is on already, answered by the load balancer/,
  );
  await stack.cloud.advance(32 * minuteMs);
  expect(snapshot(stack)).toEqual(before);
});

test.each([
  ['dies twice before', 'before', 2],
  ['dies twice after', 'after', 2],
] as const)(
  'The page is gone after its time although the function that removes it %s',
  async (_how, how, times) => {
    const { faults, died } = dying('EndMaintenance', times, how);
    const stack = await stageWith({ faults });
    const before = snapshot(stack);
    await turn(stack, 'StartMaintenance', on);
    await stack.cloud.advance(40 * minuteMs);
    expect(died()).toBe(2);
    expect(await request(stack)).toMatchObject({ status: 200 });
    expect(snapshot(stack)).toEqual(before);
  },
);

test.each(['before', 'after'] as const)(
  'If turning the page on dies %s its effect, nothing of it stays, though it was given no end',
  async (how) => {
    const { faults } = dying('StartMaintenance', 1, how);
    const stack = await stageWith({ faults });
    const before = snapshot(stack);
    expect(await turn(stack, 'StartMaintenance', { application: 'api', by: 'ada' })).toHaveProperty(
      'errorType',
    );
    await stack.cloud.advance(10 * minuteMs);
    // If it died after its effect, the page is on as requested, and recorded.
    expect((await request(stack)).status).toBe(how === 'after' ? 503 : 200);
    await turn(stack, 'EndMaintenance', { application: 'api', by: 'ada' });
    expect(snapshot(stack)).toEqual(before);
  },
);

test('If turning the page on dies in the middle, nothing of it stays, though it was given no end', async () => {
  const stack = await stageWith();
  const before = snapshot(stack);
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule'
        ? { before: new AwsError('InternalFailure', 'busy', { statusCode: 500 }) }
        : action === 'StartExecution'
          ? { before: new AwsError('ServiceUnavailable', 'busy', { statusCode: 503 }) }
          : undefined,
  };
  expect(await turn(stack, 'StartMaintenance', { application: 'api', by: 'ada' })).toHaveProperty(
    'errorType',
  );
  expect(snapshot(stack).targetGroups).toHaveLength(2);
  stack.cloud.faults = {};
  await stack.cloud.advance(5 * minuteMs);
  expect(snapshot(stack)).toEqual(before);
  expect(await switchesOf(stack)).toMatchObject([{ offBy: 'its end' }]);
});

test('If AWS refuses a rule, what was made before is removed at once', async () => {
  const stack = await stageWith();
  const before = snapshot(stack);
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule' ? { before: new AwsError('TooManyRules', 'Too many') } : undefined,
  };
  const answer = await turn(stack, 'StartMaintenance', on);
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(/TooManyRulesException: Too many; what was made is removed/);
  await stack.cloud.advance(minuteMs);
  expect(snapshot(stack)).toEqual(before);
});

test('If another tool takes the priority between the read and the call, the page takes another priority', async () => {
  const stack = await stageWith();
  let taken = 0;
  stack.cloud.faults = {
    call: ({ action }) =>
      action === 'CreateRule' && taken++ === 0
        ? { before: new AwsError('PriorityInUse', 'taken') }
        : undefined,
  };
  expect(await turn(stack, 'StartMaintenance', on)).toMatchObject({ done: true });
  expect(await request(stack)).toMatchObject({ status: 503 });
});

test('A rule of another tool, and one without our tags, is never removed', async () => {
  const stack = await stageWith();
  const [listener] = Object.values(elbOf(stack).state.listeners);
  const arn = `${listener?.arn.replace(':listener/', ':listener-rule/') ?? ''}/0123456789abcdef`;
  elbOf(stack).state.rules[arn] = {
    arn,
    listenerArn: listener?.arn ?? '',
    priority: '5',
    conditions: [{ field: 'path-pattern', values: ['/admin/*'] }],
    actions: [{ type: 'fixed-response', fixedResponse: { statusCode: '403' } }],
  };
  await turn(stack, 'StartMaintenance', on);
  expect(await request(stack, { path: '/admin/x' })).toMatchObject({ status: 403 });
  expect(await request(stack)).toMatchObject({ status: 503 });
  await stack.cloud.advance(32 * minuteMs);
  expect(await request(stack, { path: '/admin/x' })).toMatchObject({ status: 403 });
  expect(snapshot(stack).rules).toHaveLength(2);
});

test.each([
  [
    { page: 'x'.repeat(1_025), fixedResponse: true },
    /the page has 1025 bytes, and a fixed response .* holds 1024/,
  ],
  [{ page: 'ü'.repeat(513), fixedResponse: true }, /the page has 1026 bytes/],
  [{ page: 'x'.repeat(200_001) }, /the page has 200001 bytes/],
])('A page that is too long is refused, and nothing is touched', async (more, message) => {
  const stack = await stageWith();
  const answer = await turn(stack, 'StartMaintenance', { ...on, ...more });
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(message);
  expect(changesBy(stack)).toEqual([]);
});

test('An application that no load balancer forwards to has no page', async () => {
  const stack = await stageWith();
  for (const group of Object.values(elbOf(stack).state.targetGroups)) group.loadBalancerArns = [];
  const answer = await turn(stack, 'StartMaintenance', on);
  expect(answer.message).toMatch(/no load balancer forwards to its target groups/);
  expect(await switchesOf(stack)).toEqual([]);
});

test('Of two applications behind one load balancer only the one that is meant has the page', async () => {
  const stack = await startTestStack({
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
  await turn(stack, 'StartMaintenance', on);
  expect([(await request(stack, asked)).status, (await request(stack, other)).status]).toEqual([503, 200]);
  await stack.cloud.advance(32 * minuteMs);
  expect((await request(stack, asked)).status).toBe(200);
});

test('If no priority is free, nothing is touched, and the answer says how to make room', async () => {
  const stack = await startTestStack({
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
  const answer = await turn(stack, 'StartMaintenance', on);
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(/No priority is free between 0 and 1.*aws elbv2 set-rule-priorities/);
  expect(changesBy(stack)).toEqual([]);
});
