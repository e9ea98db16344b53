import type { CloudState, ListenerRequest } from '@forseti/embedded-cloud';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { openPorts, switchesOf, turn } from './support/switches';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 4, min: 2, max: 20 } })).cloud.snapshot();
});
let last: TestStack | undefined;
const stackUp = async (): Promise<TestStack> => (last = await startTestStack({ from: saved }));
afterEach(() => {
  expect(last && refusedByIam(last)).toEqual([]);
});

const elbOf = (stack: TestStack) => stack.region.service('elasticloadbalancing');
const minutes = (stack: TestStack, count: number) => stack.cloud.advance(count * minuteMs);

const request = async (stack: TestStack, more: Partial<ListenerRequest> = {}) => {
  const asked = elbOf(stack).request({ name: 'api', ...more });
  let over = false;
  void asked.finally(() => (over = true));
  await stack.cloud.runUntil(() => over, minuteMs);
  return asked;
};

/** Somebody adds a listener rule, as Terraform would. */
const addRule = (stack: TestStack, priority: string, path: string, targetGroupArn: string): void => {
  const [listener] = Object.values(elbOf(stack).state.listeners);
  const arn = `${listener?.arn.replace(':listener/', ':listener-rule/') ?? ''}/0123456789abcde${priority}`;
  elbOf(stack).state.rules[arn] = {
    arn,
    listenerArn: listener?.arn ?? '',
    priority,
    conditions: [{ field: 'path-pattern', values: [path] }],
    actions: [{ type: 'forward', targetGroupArn }],
  };
};
const ownTargetGroup = (stack: TestStack): string => Object.keys(elbOf(stack).state.targetGroups)[0] ?? '';

const page = { application: 'api', by: 'ada', forSeconds: 1_800 };

test("A colleague's shorter maintenance page does not end yours early, and the answer says so", async () => {
  const stack = await stackUp();
  await turn(stack, 'StartMaintenance', { ...page, page: 'mine', forSeconds: 3_600 });
  const again = await turn(stack, 'StartMaintenance', { ...page, by: 'bob', forSeconds: 600 });
  expect(again.message).toMatch(
    /on until 2026-11-22T09:00:\d\dZ, by ada\. It was on already.* The end that ada asked for is later than 2026-11-22T08:10:\d\dZ and stays; to end it then, add --shorten\./,
  );
  await minutes(stack, 30);
  expect(await request(stack)).toMatchObject({ status: 503, body: 'mine' });
  expect(await switchesOf(stack)).toMatchObject([{ by: 'ada' }]);
});

test('A page without an end keeps none when somebody turns it on again for a while', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartMaintenance', { application: 'api', by: 'ada' });
  await turn(stack, 'StartMaintenance', { ...page, by: 'bob', forSeconds: 600 });
  await minutes(stack, 30);
  expect(await request(stack)).toMatchObject({ status: 503, headers: { 'retry-after': '300' } });
  const shorter = await turn(stack, 'StartMaintenance', {
    ...page,
    by: 'bob',
    forSeconds: 600,
    shorten: true,
  });
  expect(shorter.message).toMatch(/on until 2026-11-22T08:40:\d\dZ, by bob/);
  await minutes(stack, 12);
  expect(await request(stack)).toMatchObject({ status: 200 });
});

test('Turned on again, the page covers a listener rule that was added since, and all of it goes', async () => {
  const stack = await stackUp();
  const before = Object.keys(elbOf(stack).state.rules).length;
  const shop = Object.values(elbOf(stack).state.targetGroups)[0];
  if (!shop) throw new Error('There is no target group.');
  // The default rule belongs to another application now; ours has one path.
  const other = `${ownTargetGroup(stack)}0`;
  elbOf(stack).state.targetGroups[other] = { ...shop, arn: other, name: 'shop' };
  for (const rule of Object.values(elbOf(stack).state.rules))
    rule.actions = [{ type: 'forward', targetGroupArn: other }];
  addRule(stack, '10', '/api/*', ownTargetGroup(stack));
  await turn(stack, 'StartMaintenance', page);
  addRule(stack, '20', '/new/*', ownTargetGroup(stack));
  expect(await request(stack, { path: '/api/x' })).toMatchObject({ status: 503 });
  expect((await request(stack, { path: '/new/x' })).status).not.toBe(503);
  const again = await turn(stack, 'StartMaintenance', page);
  expect(again.message).toMatch(/It did not cover a listener rule of the application; now it does\./);
  expect(await request(stack, { path: '/new/x' })).toMatchObject({ status: 503 });
  expect((await turn(stack, 'StartMaintenance', page)).message).not.toMatch(/did not cover/);
  await minutes(stack, 32);
  expect(Object.keys(elbOf(stack).state.rules)).toHaveLength(before + 2);
});

const opening = { application: 'api', port: 22, cidr: '203.0.113.7/32', forSeconds: 3_600, by: 'ada' };

test("A colleague's shorter opening does not end yours early; with shorten it does, for both", async () => {
  const stack = await stackUp();
  await turn(stack, 'OpenAccess', opening);
  const before = told(stack).length;
  const again = await turn(stack, 'OpenAccess', { ...opening, forSeconds: 600, by: 'bob' });
  expect(again.message).toMatch(
    /open until 2026-11-22T09:00.*by ada\. It was open already.* stays; to end it then, add --shorten/,
  );
  expect(told(stack)).toHaveLength(before);
  const shorter = await turn(stack, 'OpenAccess', { ...opening, forSeconds: 600, by: 'bob', shorten: true });
  expect(shorter.message).toMatch(/open until 2026-11-22T08:10.*by bob/);
  await minutes(stack, 12);
  expect(openPorts(stack)).toEqual([]);
});

test('Opened again, a rule that somebody removed is back, and the answer says so', async () => {
  const stack = await stackUp();
  await turn(stack, 'OpenAccess', opening);
  stack.region.service('ec2').state.securityGroupRules = {};
  const again = await turn(stack, 'OpenAccess', opening);
  expect(again.message).toMatch(/Somebody had removed its rule; it is back\./);
  expect(openPorts(stack)).toEqual(['22 203.0.113.7/32']);
});

test('Opened again after the security group was replaced, the new one is open, and the old one is named', async () => {
  const stack = await stackUp();
  await turn(stack, 'OpenAccess', opening);
  const { state } = stack.region.service('ec2');
  const [former] = Object.values(state.securityGroups);
  if (!former) throw new Error('There is no security group.');
  const replaced = 'sg-0123456789abcdef0';
  state.securityGroups[replaced] = { ...former, id: replaced, name: 'replaced' };
  for (const instance of Object.values(state.instances)) instance.securityGroupIds = [replaced];
  const again = await turn(stack, 'OpenAccess', { ...opening, by: 'bob' });
  expect(again.message).toMatch(
    new RegExp(`in ${replaced}, by bob\\. It is also open until 2026-.* in ${former.id}, by ada\\.`),
  );
  expect(Object.values(state.securityGroupRules ?? {}).map(({ groupId }) => groupId)).toEqual([
    former.id,
    replaced,
  ]);
  await minutes(stack, 65);
  expect(openPorts(stack)).toEqual([]);
});

const warmUp = {
  application: 'api',
  capacity: 10,
  at: '2026-11-22T14:00:00Z',
  until: '2026-11-22T16:00:00Z',
  by: 'ada',
};
const atHour = (stack: TestStack, hour: number, minute = 0): Promise<unknown> =>
  stack.cloud.advance(Date.UTC(2026, 10, 22, hour, minute) - stack.cloud.now());
const scheduled = (stack: TestStack) =>
  Object.values(stack.region.service('autoscaling').state.scheduledActions);

test('The same capacity for an overlapping time is one warm-up, from the earlier start to the later end', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartPrewarm', warmUp);
  const shorter = await turn(stack, 'StartPrewarm', { ...warmUp, by: 'bob', until: '2026-11-22T15:00:00Z' });
  expect(shorter.message).toMatch(/It lasts longer than 2026-11-22T15:00:00Z, as ada asked for/);
  const both = await turn(stack, 'StartPrewarm', {
    ...warmUp,
    by: 'bob',
    at: '2026-11-22T13:00:00Z',
    until: '2026-11-22T17:00:00Z',
  });
  expect(both.message).toMatch(
    /10 instances from 2026-11-22T13:00:00Z to 2026-11-22T17:00:00Z, by bob.*\n.*from 2026-11-22T10:00:00Z\.\n.*planned from 2026-11-22T14.*by ada/,
  );
  await atHour(stack, 13, 10);
  expect(stack.group().minSize).toBe(10);
  await atHour(stack, 16, 30);
  expect(stack.group().minSize).toBe(10);
  await atHour(stack, 17, 10);
  expect([stack.group().minSize, scheduled(stack)]).toEqual([2, []]);
});

test('Planned again, scheduled actions that somebody removed are back, also of a warm-up that has begun', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartPrewarm', warmUp);
  stack.region.service('autoscaling').state.scheduledActions = {};
  expect((await turn(stack, 'StartPrewarm', warmUp)).message).toMatch(
    /Somebody had removed its scheduled actions; they are back\./,
  );
  await atHour(stack, 14, 10);
  expect(stack.group().minSize).toBe(10);
  stack.group().minSize = 2;
  expect((await turn(stack, 'StartPrewarm', warmUp)).message).toMatch(
    /The minimum of api is 2; it is raised again within two minutes\./,
  );
  await atHour(stack, 14, 13);
  expect(stack.group().minSize).toBe(10);
  await atHour(stack, 16, 10);
  expect(stack.group().minSize).toBe(2);
});

test('Planned again for a group that could not have it any more, the answer is no', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartPrewarm', warmUp);
  stack.group().maxSize = 5;
  expect(await turn(stack, 'StartPrewarm', warmUp)).toMatchObject({
    done: false,
    message: expect.stringMatching(
      /would not be had\n- 10 instances are more than the maximum of api, 5/,
    ) as string,
  });
});

test('Planned again, a load balancer that joined since is warmed up too', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartPrewarm', warmUp);
  await atHour(stack, 11, 30);
  const { loadBalancers, targetGroups } = elbOf(stack).state;
  const [first] = Object.values(loadBalancers);
  if (!first) throw new Error('There is no load balancer.');
  const arn = first.arn.replace(/.$/, 'f');
  const second = { ...first, arn, name: 'second' };
  delete second.capacity;
  loadBalancers[arn] = second;
  for (const group of Object.values(targetGroups)) group.loadBalancerArns = [first.arn, arn];
  const again = await turn(stack, 'StartPrewarm', warmUp);
  expect(again.message).toMatch(/f forwards to the fleet by now, and is warmed up too/);
  await atHour(stack, 11, 50);
  expect(loadBalancers[arn]?.capacity).toMatchObject({ units: 100 });
  await atHour(stack, 16, 10);
  expect(loadBalancers[arn]?.capacity?.units).toBeUndefined();
});

test('A warm-up on a group that the application has left is not confirmed', async () => {
  const stack = await stackUp();
  await turn(stack, 'StartPrewarm', warmUp);
  const { parameters } = stack.region.service('ssm').state;
  const name = '/forseti/production/applications/api';
  const stored = parameters[name];
  if (!stored) throw new Error('There are no settings.');
  const moved = JSON.stringify(stored).replace(/\\"group\\":\\"api\\"/g, '\\"group\\":\\"b\\"');
  parameters[name] = JSON.parse(moved) as typeof stored;
  expect(await turn(stack, 'StartPrewarm', warmUp)).toMatchObject({
    done: false,
    message: expect.stringMatching(
      /is planned by ada on api, and the settings say b by now; cancel it/,
    ) as string,
  });
});

test("A colleague's shorter freeze does not end yours early; it is told once, and shorten says so", async () => {
  const stack = await stackUp();
  const ask = (by: string, hours: number, more = {}) =>
    turn(stack, 'Freeze', {
      freeze: 'api',
      reason: `of ${by}`,
      by,
      until: Date.UTC(2026, 10, 22, 8 + hours),
      ...more,
    });
  await ask('ada', 4);
  const before = told(stack).length;
  const shorter = await ask('bob', 1);
  expect(shorter.message).toMatch(
    /frozen until 2026-11-22T12:00:00.000Z \(of ada\)\. ada froze it so; that ends later .* To end it until 2026-11-22T09:00/,
  );
  expect(told(stack)).toHaveLength(before);
  expect((await ask('bob', 6)).message).toMatch(
    /frozen until 2026-11-22T14.*takes the place of the freeze by ada \(of ada\), which was to last until 2026-11-22T12/,
  );
  expect((await ask('carol', 1, { shorten: true })).message).toMatch(/frozen until 2026-11-22T09:00/);
});
