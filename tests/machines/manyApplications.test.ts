import { minuteMs, untilCall } from './support/acts';
import { running } from './support/scenes';
import { told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(120_000);

const golden = { strategy: 'golden-instance', rollout: { bakeMinutes: 0 }, tags: { pattern: '^v[0-9]' } };
const group = { version: 'v1', instances: 2, max: 4 };

/** So many applications that one tag is for, besides `api`. */
const withOthers = (count: number, cloud: object = {}): TestStackOptions => {
  const others = Array.from({ length: count }, (_, index) => `web-${String(index)}`);
  return {
    settings: golden,
    group,
    applications: Object.fromEntries(others.map((name) => [name, golden])),
    cloud: { groups: Object.fromEntries(others.map((name) => [name, group])), ...cloud },
  };
};

const pushTag = (stack: TestStack, tag = 'v2') => {
  stack.region.publish({
    source: 'forseti.ci',
    detailType: 'Git Tag Pushed',
    detail: { repository: 'acme/shop', tag, commit: '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7' },
  });
};

const untilAllDone = async (stack: TestStack): Promise<void> => {
  await stack.cloud.advance(2 * minuteMs);
  await stack.cloud.runUntil(() => running(stack).length === 0, 24 * 60 * minuteMs);
};

const ends = async (stack: TestStack) =>
  Promise.all((await stack.executionArns()).map((arn) => stack.ended(arn)));

test('A tag for many applications starts ten at a time, each once, although the event comes twice', async () => {
  const stack = await startTestStack({
    ...withOthers(24),
    faults: { event: (_, { source }) => (source === 'forseti.ci' ? [0, 3_000] : undefined) },
  });
  const from = stack.cloud.now();
  pushTag(stack);
  await stack.cloud.advance(minuteMs);
  const starts = stack.cloud.calls.list
    .filter(({ action, error }) => action === 'StartExecution' && error === undefined)
    .map(({ at }) => Math.floor((at - from) / 1_000));
  const arns = await stack.executionArns();
  expect(new Set(arns).size).toBe(25);
  expect(arns).toHaveLength(25);
  // Both events start portions; those of one are twenty seconds apart.
  expect(starts.filter((second) => second < 5).length).toBeLessThanOrEqual(20);
  expect(Math.max(...starts)).toBeGreaterThanOrEqual(15);
});

test('While strangers use up the rates of EC2 and Auto Scaling, nothing is rejected, and all are deployed afterwards', async () => {
  const strangers = { from: '1m', until: '26m', share: 0.98 };
  const stack = await startTestStack(
    withOthers(5, {
      throttling: [
        { ...strangers, service: 'ec2' },
        { ...strangers, service: 'autoscaling' },
      ],
    }),
  );
  await stack.cloud.advance(90_000);
  pushTag(stack);
  await untilAllDone(stack);
  expect((await ends(stack)).map(({ outcome }) => outcome)).toEqual(Array(6).fill('Deployed'));
});

test('What AWS does not answer for hours is given up with the call and the time, and is tried again by itself', async () => {
  const stack = await startTestStack({
    ...withOthers(0, {
      throttling: [{ service: 'ec2', action: 'DescribeInstances', share: 1, from: '1m', until: '3h' }],
    }),
  });
  await stack.cloud.advance(90_000);
  pushTag(stack);
  await untilCall(stack, ({ caller }) => caller === 'forseti-production-Close');
  await stack.cloud.advance(minuteMs);
  const [first] = await ends(stack);
  expect([first?.outcome, first?.end?.error]).toEqual(['Rejected', 'TransientError']);
  expect(first?.end?.message).toMatch(
    /^AWS could not be asked: EC2 DescribeInstances: RequestLimitExceeded: Request limit exceeded\. This was tried again for \d+ [a-z0-9 ]+\. The request is kept, and is tried again at 2026/,
  );
  expect(told(stack).map(({ subject }) => subject)).toContain('Forseti: api v2 Rejected');
  await stack.cloud.advance(16 * minuteMs);
  await untilAllDone(stack);
  expect((await ends(stack)).map(({ outcome }) => outcome).sort()).toEqual(['Deployed', 'Rejected']);
});

test('A deployment that AWS throttles notices a halt, and ends', async () => {
  const stack = await startTestStack({
    ...withOthers(0, {
      throttling: [{ service: 'ec2', action: 'DescribeInstances', share: 1, from: '1m', until: '3h' }],
    }),
  });
  await stack.cloud.advance(90_000);
  const arn = await stack.start({ application: 'api', version: 'v2' });
  await stack.cloud.advance(5 * minuteMs);
  const back = await stack.start(
    { application: 'api' },
    'rollback-1',
    stack.session.names.rollbackMachineArn,
  );
  await stack.cloud.advance(5 * minuteMs);
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.end?.error, ended.seconds < 15 * 60]).toEqual(['Rejected', 'Halted', true]);
  await stack.ended(back);
});
