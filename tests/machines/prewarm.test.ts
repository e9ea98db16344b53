import { AwsError, type CloudState } from '@forseti/embedded-cloud';
import { minuteMs } from './support/acts';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';
import { changesBy, dying, switchesOf, turn } from './support/switches';

jest.setTimeout(60_000);

let saved: CloudState;
beforeAll(async () => {
  saved = (await startTestStack({ group: { instances: 4, min: 2, max: 20 } })).cloud.snapshot();
});
const stageWith = (options: TestStackOptions = {}): Promise<TestStack> =>
  startTestStack({ from: saved, ...options });

// The cloud begins at 08:00.
const wish = {
  application: 'api',
  capacity: 10,
  at: '2026-11-22T14:00:00Z',
  until: '2026-11-22T16:00:00Z',
  by: 'ada',
};
const hourMs = 60 * minuteMs;
const atHour = (stack: TestStack, hour: number, minute = 0): Promise<unknown> =>
  stack.cloud.advance(Date.UTC(2026, 10, 22, hour, minute) - stack.cloud.now());
const inService = (stack: TestStack): number =>
  Object.values(stack.group().instances).filter(({ lifecycle }) => lifecycle === 'InService').length;
const scheduled = (stack: TestStack) =>
  Object.values(stack.region.service('autoscaling').state.scheduledActions);
const balancer = (stack: TestStack) => {
  const [found] = Object.values(stack.region.service('elasticloadbalancing').state.loadBalancers);
  if (!found) throw new Error('There is no load balancer.');
  return found;
};

test('The capacity is there when it is needed, the load balancer is warmed up before, and both go back', async () => {
  const stack = await stageWith();
  const answer = await turn(stack, 'StartPrewarm', wish);
  expect(answer).toMatchObject({ done: true });
  expect(answer.message).toMatch(
    /^api: 10 instances from 2026-11-22T14:00:00Z to 2026-11-22T16:00:00Z, by ada; the minimum goes back to 2 then\.\n100 LCU are reserved of its load balancer from 2026-11-22T11:00:00Z\.$/,
  );
  await atHour(stack, 10, 55);
  expect(balancer(stack).capacity).toBeUndefined();
  await atHour(stack, 11, 10);
  expect(balancer(stack).capacity).toMatchObject({ units: 100, state: 'provisioned' });
  expect(stack.group().minSize).toBe(2);
  await atHour(stack, 14, 15);
  expect([stack.group().minSize, inService(stack)]).toEqual([10, 10]);
  await atHour(stack, 16, 10);
  expect(stack.group().minSize).toBe(2);
  expect(balancer(stack).capacity?.units).toBeUndefined();
  expect(scheduled(stack)).toEqual([]);
  expect(await switchesOf(stack)).toMatchObject([{ kind: 'prewarm', by: 'ada', offBy: 'its end' }]);
  expect((await switchesOf(stack))[0]).not.toHaveProperty('note');
  expect(refusedByIam(stack)).toEqual([]);
});

test('A warm-up that is requested twice is planned once; another one is refused until the first is cancelled', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', wish);
  expect((await turn(stack, 'StartPrewarm', wish)).message).toMatch(/It was planned so already\.$/);
  expect(
    scheduled(stack)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['forseti-prewarm-end', 'forseti-prewarm-start']);
  const other = await turn(stack, 'StartPrewarm', { ...wish, capacity: 12 });
  expect(other).toMatchObject({ done: false });
  expect(other.message).toMatch(/is planned by ada; to change it: forseti prewarm api --cancel/);
});

test('Of a warm-up that is cancelled before its time nothing is left; a second time there is nothing to cancel', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', wish);
  await atHour(stack, 12);
  expect((await turn(stack, 'EndPrewarm', { application: 'api', by: 'bob' })).message).toMatch(/: off\.$/);
  expect(scheduled(stack)).toEqual([]);
  expect(balancer(stack).capacity?.units).toBeUndefined();
  expect((await turn(stack, 'EndPrewarm', { application: 'api', by: 'bob' })).message).toMatch(
    /nothing is on/,
  );
  await atHour(stack, 15);
  expect([stack.group().minSize, inService(stack)]).toEqual([2, 4]);
});

test('If a warm-up is cancelled while it is on, the minimum goes back within two minutes', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', wish);
  await atHour(stack, 14, 30);
  expect((await turn(stack, 'EndPrewarm', { application: 'api', by: 'bob' })).message).toMatch(
    /The minimum of api goes back to 2 within two minutes/,
  );
  await stack.cloud.advance(2 * minuteMs);
  expect(stack.group().minSize).toBe(2);
  expect(scheduled(stack)).toEqual([]);
});

test('The group goes back to the minimum that a person sets before the warm-up begins', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', wish);
  stack.group().minSize = 3;
  await atHour(stack, 16, 10);
  expect(stack.group().minSize).toBe(3);
});

test('Capacity that others reserve meanwhile stays', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', wish);
  await atHour(stack, 12);
  balancer(stack).capacity = {
    units: 300,
    state: 'provisioned',
    modifiedAt: stack.cloud.now(),
    decreasedAt: [],
  };
  await atHour(stack, 16, 10);
  expect(balancer(stack).capacity?.units).toBe(300);
  expect((await switchesOf(stack))[0]?.note).toMatch(/Somebody has reserved 300 LCU/);
});

test('A warm-up ends although the function that ends it failed twice, and although its machine was stopped', async () => {
  const { faults } = dying('EndPrewarm', 2);
  const stack = await stageWith({ faults });
  await turn(stack, 'StartPrewarm', wish);
  await atHour(stack, 15);
  const [waiting] = await stack.executionArns(stack.session.names.switchOffMachineArn);
  await stack.stop(waiting ?? '');
  await atHour(stack, 16, 20);
  expect(stack.group().minSize).toBe(2);
  expect(balancer(stack).capacity?.units).toBeUndefined();
  expect(await switchesOf(stack)).toMatchObject([{ offBy: 'its end' }]);
});

test('A reservation that AWS refuses is reported, and the instances come all the same', async () => {
  const stack = await stageWith({
    faults: {
      call: ({ action }) =>
        action === 'ModifyCapacityReservation'
          ? { before: new AwsError('InsufficientCapacity', 'There is none') }
          : undefined,
    },
  });
  await turn(stack, 'StartPrewarm', wish);
  await atHour(stack, 14, 15);
  expect(inService(stack)).toBe(10);
  const short = told(stack).filter(({ message }) =>
    /100 LCU of .* could not be reserved yet: InsufficientCapacity/.test(message),
  );
  expect(short).toHaveLength(1);
  await atHour(stack, 16, 10);
  expect(await switchesOf(stack)).toMatchObject([{ offBy: 'its end' }]);
});

test('If AWS refuses the schedule, nothing of it stays, and the answer says so', async () => {
  const stack = await stageWith();
  stack.cloud.faults = {
    call: ({ action, input }) =>
      action === 'PutScheduledUpdateGroupAction' &&
      (input as { ScheduledActionName?: string }).ScheduledActionName === 'forseti-prewarm-start'
        ? { before: new AwsError('LimitExceeded', 'Too many') }
        : undefined,
  };
  const answer = await turn(stack, 'StartPrewarm', wish);
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(/AWS refused it: .*Too many; what was made is removed/);
  await stack.cloud.advance(10 * minuteMs);
  expect(scheduled(stack)).toEqual([]);
  expect(await switchesOf(stack)).toMatchObject([{ kind: 'prewarm', offBy: 'its end' }]);
});

test('Preflight refuses a deployment that would suspend launching when a warm-up begins', async () => {
  const stack = await stageWith();
  await turn(stack, 'StartPrewarm', { ...wish, at: '2026-11-22T08:10:00Z', until: '2026-11-22T09:00:00Z' });
  const ended = await stack.deploy();
  expect(ended.outcome).toBe('Rejected');
  expect(ended.end?.problems[0]).toMatch(/forseti-prewarm-start at 2026-11-22T08:10/);
});

const later = (ms: number): string => new Date(Date.UTC(2026, 10, 22, 8) + ms).toISOString();

test.each([
  [
    'a begin in the past',
    { at: later(-hourMs) },
    /it would begin at 2026-11-22T07:00:00Z; it is 2026-11-22T08:00/,
  ],
  ['an end before its begin', { until: later(hourMs) }, /it has to last ten minutes at least/],
  [
    'more than the maximum',
    { capacity: 21 },
    /21 instances are more than the maximum of api, 20; raise it first: aws autoscaling/,
  ],
  ['no more than there is', { capacity: 2 }, /the minimum of api is 2 already/],
  ['less LCU than AWS reserves', { lcu: 50 }, /reserves 100 LCU at least/],
  [
    'more LCU than the quota',
    { lcu: 7_000 },
    /7000 LCU are more than the region's quota for reserved ones, 6000/,
  ],
])('A warm-up with %s is refused, and nothing is touched', async (_what, more, message) => {
  const stack = await stageWith();
  const answer = await turn(stack, 'StartPrewarm', { ...wish, ...more });
  expect(answer).toMatchObject({ done: false });
  expect(answer.message).toMatch(message);
  expect(changesBy(stack)).toEqual([]);
  expect(await switchesOf(stack)).toEqual([]);
});

test('Everything that would not fit on the day is reported at once; with force it is planned all the same', async () => {
  const stack = await stageWith();
  stack.region.service('servicequotas').grant('ec2', 'L-1216C47A', 10);
  stack.region.service('servicequotas').grant('elasticloadbalancing', 'L-0000BBBB', 0);
  const answer = await turn(stack, 'StartPrewarm', wish);
  expect(answer.problems).toEqual([
    expect.stringMatching(
      /6 more instances need 12 vCPUs; quota L-1216C47A allows 10, and 8 are in use\. Ask for 20/,
    ),
    expect.stringMatching(/100 LCU are more than the region's quota/),
  ]);
  expect(answer.message).toMatch(/--force$/);
  expect(scheduled(stack)).toEqual([]);
  const forced = await turn(stack, 'StartPrewarm', { ...wish, force: true });
  expect(forced).toMatchObject({ done: true });
  expect(forced.message).toMatch(/Does not fit as things are/);
  expect(scheduled(stack)).toHaveLength(2);
});

test('A group whose scheduled actions are suspended is refused, and so is one that a deployment holds', async () => {
  const stack = await stageWith();
  stack.group().suspended = { ScheduledActions: 'by hand' };
  expect((await turn(stack, 'StartPrewarm', wish)).message).toMatch(/ScheduledActions of api is suspended/);
  stack.group().suspended = {};
  await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(30_000);
  expect((await turn(stack, 'StartPrewarm', wish)).message).toMatch(/deployment-1 is at work on the fleet/);
});
