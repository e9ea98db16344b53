import { AwsError } from '@forseti/embedded-cloud';
import { minuteMs, ring, rollbacks, software } from './support/acts';
import { looseEnds, noLooseEnds, told } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(120_000);

/** v2 is deployed, and its watch time runs. */
const watched = async (): Promise<TestStack> => {
  const stack = await startTestStack({
    settings: {
      rollout: { strategy: 'instance-refresh', bakeMinutes: 1 },
      rollback: { alarms: ['api-5xx'] },
    },
    cloud: { alarms: { 'api-5xx': {} } },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  await stack.cloud.advance(2 * minuteMs);
  return stack;
};

/** The account's quota of concurrent executions: what strangers leave for functions without a reservation. */
const leave = (stack: TestStack, unreserved: number): void => {
  const { functions } = stack.region.service('lambda').state;
  const reserved = Object.values(functions).reduce((sum, one) => sum + (one.reservedConcurrency ?? 0), 0);
  stack.region.service('servicequotas').grant('lambda', 'L-B99A9384', reserved + unreserved);
};

const throttled = new AwsError('ThrottlingException', 'Rate exceeded', { statusCode: 400 });

const paged = (stack: TestStack, since: number) =>
  told(stack)
    .slice(since)
    .filter(({ topic }) => topic.endsWith('-paging'));

test.each([
  ['30 seconds', 0.5],
  ['90 seconds', 1.5],
  ['an hour', 60],
])(
  "A rollback that an alarm asks for while strangers use up the account's Lambda concurrency for %s goes back all the same",
  async (_, minutes) => {
    const stack = await watched();
    leave(stack, 0);
    await ring(stack);
    await stack.cloud.advance(minutes * minuteMs);
    expect(software(stack)).toEqual(['v2']);
    leave(stack, 900);
    const [arn = '', ...others] = await rollbacks(stack);
    expect(others).toEqual([]);
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.path[0]]).toEqual(['RolledBack', 'AcceptRollback']);
    expect(software(stack)).toEqual(['v1']);
  },
);

test('A rollback that never gets its turn ends after hours, and pages with the name of the application', async () => {
  const stack = await watched();
  const before = told(stack).length;
  leave(stack, 0);
  await ring(stack);
  const [arn = ''] = await (async () => {
    await stack.cloud.advance(minuteMs);
    return rollbacks(stack);
  })();
  // The first state is throttled for as long as it is tried; then strangers leave something again.
  const throttledFor = 5 * 60 * minuteMs;
  await stack.cloud.advance(throttledFor);
  leave(stack, 900);
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'Lambda.TooManyRequestsException']);
  expect(ended.end?.message).toMatch(
    /^AWS could not be asked: Lambda Invoke: Rate Exceeded.* This was tried again for \d hours \d+ minutes\.$/,
  );
  await stack.cloud.advance(minuteMs);
  const pages = paged(stack, before).filter(({ subject }) => subject.includes('rollback'));
  expect(pages.map(({ subject }) => subject)).toEqual([expect.stringMatching(/rollback of api Rejected/)]);
  expect(pages[0]?.message).toMatch(/forseti rollback api/);
});

test('A rollback that comes late does not undo what was deployed since the alarm rang, and pages', async () => {
  const stack = await watched();
  const before = told(stack).length;
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      caller.name.endsWith('-AcceptRollback') && service === 'dynamodb' ? { before: throttled } : undefined,
  };
  await ring(stack);
  await stack.cloud.advance(minuteMs);
  await ring(stack, { value: 'OK' });
  expect((await stack.deploy({ application: 'api', version: 'v3' }, 'fix')).outcome).toBe('Deployed');
  stack.cloud.faults = {};
  const [arn = ''] = await rollbacks(stack);
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'AlarmOutdated']);
  expect(ended.end?.message).toMatch(/api v3 was deployed since.*forseti rollback api/);
  expect(software(stack)).toEqual(['v3']);
  expect(paged(stack, before).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/rollback of api to .* Rejected/),
  ]);
});

test('An alarm that cannot be judged, since DynamoDB throttles for half an hour, is told, and rolls back afterwards', async () => {
  const stack = await watched();
  const before = told(stack).length;
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      caller.name.endsWith('-TakeAlarm') && service === 'dynamodb' ? { before: throttled } : undefined,
  };
  await ring(stack);
  await stack.cloud.advance(30 * minuteMs);
  expect(paged(stack, before).filter(({ subject }) => subject.includes('waits to be judged'))).toMatchObject([
    { message: expect.stringMatching(/api-5xx.*DynamoDB PutItem ThrottlingException/) as unknown },
  ]);
  stack.cloud.faults = {};
  await stack.cloud.advance(5 * minuteMs);
  const [arn = ''] = await rollbacks(stack);
  expect((await stack.ended(arn)).outcome).toBe('RolledBack');
});

test('While DynamoDB throttles what ends a rollback, nothing is left open, and the end is RolledBack', async () => {
  const stack = await watched();
  const arn = await stack.start({ application: 'api' }, 'rollback-1', stack.session.names.rollbackMachineArn);
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      /-(Unlock|Close|CompleteRollback)$/.test(caller.name) && service === 'dynamodb'
        ? { before: throttled }
        : undefined,
  };
  await stack.cloud.advance(40 * minuteMs);
  stack.cloud.faults = {};
  const ended = await stack.ended(arn);
  expect([ended.outcome, ended.path.at(-2)]).toEqual(['RolledBack', 'Outcome']);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});
