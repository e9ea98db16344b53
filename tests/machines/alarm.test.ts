import { DeregisterImageCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AwsError, type Faults } from '@forseti/embedded-cloud';
import { judged, minuteMs, ring, rollbacks, software, untilState } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import { rested } from './support/rested';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);
const options = (more: object = {}, rest: Partial<TestStackOptions> = {}): TestStackOptions => ({
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 5 },
    rollback: { alarms: ['api-5xx'] },
    ...more,
  },
  cloud: { alarms: { 'api-5xx': {}, other: {} } },
  ...rest,
});

const inPlace = { strategy: 'deploy-and-snapshot', rollout: { strategy: 'none', bakeMinutes: 5 } };

const paged = (stack: TestStack) => told(stack).filter(({ topic }) => topic === 'forseti-production-paging');
const states = async (stack: TestStack) =>
  Object.fromEntries((await releasesOf(stack)).map(({ version, state }) => [version, state]));
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};
/** v2 is out, and has been for ten minutes. */
const deployed = (given: TestStackOptions = options()) => rested(given, 'v2');
const endOfRollback = async (stack: TestStack) => stack.ended((await rollbacks(stack))[0] ?? '');

describe('An alarm within the watch time of a release', () => {
  test('An alarm marks the release bad and rolls the fleet back within ten seconds; flapping does it once, and pages then', async () => {
    const stack = await deployed();
    const rangAt = stack.cloud.now();
    await ring(stack);
    await stack.cloud.advance(15_000);
    const started = stack.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').at(-1);
    expect((started?.at ?? Infinity) - rangAt).toBeLessThanOrEqual(10_000);
    expect(started?.at ?? 0).toBeGreaterThan(rangAt);
    // The alarm flaps during the rollback and after it.
    await ring(stack, { value: 'OK' });
    await ring(stack);
    const ended = await endOfRollback(stack);
    expect([ended.outcome, ended.end]).toEqual(['RolledBack', undefined]);
    expect(software(stack)).toEqual(['v1']);
    expect(await states(stack)).toEqual({ v1: 'good', v2: 'bad' });
    expect(paged(stack)).toEqual([]);
    await ring(stack, { value: 'OK' });
    await ring(stack);
    await stack.cloud.advance(minuteMs);
    expect(await rollbacks(stack)).toHaveLength(1);
    expect((await judged(stack)).map(({ act, why }) => [act, why])).toEqual([
      ['roll back', 'Alarm api-5xx rang within the watch time of api v2.'],
      ['none', expect.stringMatching(/^Rollback api-rollback-\w+ to v1 is under way already\.$/)],
      ['page', expect.stringMatching(/rolled back automatically.*nobody has acted since/)],
    ]);
    expect(paged(stack)).toHaveLength(1);
    expect(told(stack).map(({ subject }) => subject)).toContain('Forseti: api v2 is marked bad');
    await settles(stack);
  });

  test('An alarm rolls back again only after a person has acted', async () => {
    const stack = await deployed();
    await ring(stack);
    await stack.cloud.advance(15_000);
    await endOfRollback(stack);
    await ring(stack, { value: 'OK' });
    expect((await stack.deploy({ application: 'api', version: 'v3' }, 'by-ada')).outcome).toBe('Deployed');
    await ring(stack);
    await stack.cloud.advance(15_000);
    expect(await rollbacks(stack)).toHaveLength(2);
    expect((await endOfRollback(stack)).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v1']);
    expect(await states(stack)).toEqual({ v1: 'good', v2: 'bad', v3: 'bad' });
    await settles(stack);
  });

  test('Of two alarms at once one rolls back, the other says why it does not, and nobody is paged', async () => {
    const stack = await deployed(options({ rollback: { alarms: ['api-5xx', 'other'] } }));
    await Promise.all([ring(stack), ring(stack, { name: 'other' })]);
    await stack.cloud.advance(15_000);
    expect((await endOfRollback(stack)).outcome).toBe('RolledBack');
    expect(await rollbacks(stack)).toHaveLength(1);
    expect((await judged(stack)).map(({ act }) => act).sort()).toEqual(['none', 'roll back']);
    expect(paged(stack)).toEqual([]);
    await settles(stack);
  });

  test('Without a good release to go to, an alarm touches nothing and pages', async () => {
    const stack = await deployed(options({}, { released: false }));
    // What ran before the first deployment would be one, if its image were still there.
    const baseline = (await releasesOf(stack)).find((release) => release.baseline === true);
    await stack.session
      .connect(EC2Client)
      .send(new DeregisterImageCommand({ ImageId: baseline?.image ?? '' }));
    const before = changesOfFleet(stack).length;
    await ring(stack);
    await stack.cloud.advance(minuteMs);
    const ended = await endOfRollback(stack);
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'ImageGone']);
    expect(ended.end?.message).toContain('No other good release can be launched either');
    expect(changesOfFleet(stack)).toHaveLength(before);
    expect(software(stack)).toEqual(['v2']);
    expect(paged(stack).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/rollback of api.*Rejected/),
    ]);
    await ring(stack, { value: 'OK' });
    await ring(stack);
    await stack.cloud.advance(minuteMs);
    expect(await rollbacks(stack)).toHaveLength(1);
    await settles(stack);
  });
});

describe('An alarm that means nothing to a release', () => {
  const cases: [string, (stack: TestStack) => Promise<unknown>, Faults, RegExp][] = [
    [
      'one that no settings name',
      (stack) => ring(stack, { name: 'other' }),
      {},
      /No application names it in rollback.alarms/,
    ],
    [
      'one after the watch time',
      async (stack) => {
        await stack.cloud.advance(60 * minuteMs);
        await ring(stack);
      },
      {},
      /The watch time of api v2 ended at/,
    ],
    [
      'one whose event comes hours after it has ended',
      async (stack) => {
        await ring(stack);
        await ring(stack, { value: 'OK' });
      },
      { event: (_, { source }) => (source === 'aws.cloudwatch' ? [2 * 60 * minuteMs] : undefined) },
      /The watch time of api v2 ended at/,
    ],
  ];
  test.each(cases)(
    'The alarm does nothing and leaves a record that says why: %s',
    async (_, act, faults, why) => {
      const stack = await deployed();
      stack.cloud.faults = faults;
      await act(stack);
      await stack.cloud.advance(faults.event ? 3 * 60 * minuteMs : minuteMs);
      const items = await judged(stack);
      expect(items.map((item) => item.act)).toEqual(['none']);
      expect(items[0]?.why).toMatch(why);
      expect(await rollbacks(stack)).toEqual([]);
      expect(software(stack)).toEqual(['v2']);
      expect(await states(stack)).toEqual({ v1: 'good', v2: 'good' });
    },
  );

  test('An alarm event that comes three times is one request and one rollback', async () => {
    const stack = await deployed();
    stack.cloud.faults = {
      event: (_, { source }) => (source === 'aws.cloudwatch' ? [0, 3_000, 8 * minuteMs] : undefined),
    };
    await ring(stack);
    await stack.cloud.advance(10 * minuteMs);
    await endOfRollback(stack);
    expect(await rollbacks(stack)).toHaveLength(1);
    expect((await judged(stack)).map(({ act }) => act)).toEqual(['roll back']);
    expect(paged(stack)).toEqual([]);
  });
});

describe('A death of TakeAlarm', () => {
  const broken = new AwsError('InternalServerError', 'broken', { statusCode: 400 });
  type Fault = NonNullable<ReturnType<NonNullable<Faults['call']>>>;
  /** Fails the first such call of TakeAlarm. */
  const once = (matches: (action: string, input: string) => boolean, fault: Fault): Faults => {
    let done = false;
    return {
      call: ({ caller, action, input }) => {
        if (done || !caller.name.endsWith('-TakeAlarm') || !matches(action, JSON.stringify(input)))
          return undefined;
        done = true;
        return fault;
      },
    };
  };
  const starts = (action: string) => action === 'StartExecution';
  const notes = (action: string, input: string) => action === 'UpdateItem' && input.includes('SET act =');

  test.each<[string, Faults]>([
    ['between marking and starting', once(starts, { before: broken })],
    ['after starting, before it knew', once(starts, { lost: true })],
    ['before it noted what it had done', once(notes, { before: broken })],
  ])('The next delivery completes what TakeAlarm left, once: %s', async (_, faults) => {
    const stack = await deployed();
    stack.cloud.faults = faults;
    await ring(stack);
    await stack.cloud.advance(15_000);
    await ring(stack, { value: 'OK' });
    await stack.cloud.advance(30 * minuteMs);
    expect(await rollbacks(stack)).toHaveLength(1);
    expect((await endOfRollback(stack)).outcome).toBe('RolledBack');
    const [item] = await judged(stack);
    expect(item).toMatchObject({
      act: 'roll back',
      execution: expect.stringMatching(/^api-rollback-/) as string,
    });
    expect(await states(stack)).toEqual({ v1: 'good', v2: 'bad' });
    expect(paged(stack)).toEqual([]);
    await settles(stack);
  });

  test('A death after a halt does not roll back the release that the fleet came back to', async () => {
    const stack = await deployed(options(inPlace));
    const arn = await stack.start({ application: 'api', version: 'v3' }, 'third');
    await untilState(stack, 'Observe');
    await stack.cloud.advance(3_000);
    // While the deployment undoes itself.
    stack.cloud.faults = {
      call: ({ caller, action, input }) =>
        caller.name.endsWith('-TakeAlarm') && notes(action, JSON.stringify(input))
          ? { before: broken }
          : undefined,
    };
    await ring(stack);
    const ended = await stack.ended(arn);
    expect(ended.end?.error).toBe('Halted');
    stack.cloud.faults = {};
    await stack.cloud.advance(20 * minuteMs);
    expect(await rollbacks(stack)).toEqual([]);
    expect(software(stack)).toEqual(['v2']);
    expect(await states(stack)).toEqual({ v1: 'good', v2: 'good', v3: 'bad' });
    expect(await judged(stack)).toMatchObject([
      { act: 'none', why: expect.stringContaining('v3 was marked bad and undone for it') as string },
    ]);
    await settles(stack);
  });
});

describe('An alarm during a deployment', () => {
  test.each([
    ['Suspend', inPlace],
    ['Provision', inPlace],
    ['BakeImage', inPlace],
    ['Observe', inPlace],
    ['LaunchBuilder', {}],
    ['Rollout', { ...inPlace, rollout: { strategy: 'surge' } }],
  ])('An alarm in %s halts the deployment, which undoes itself', async (state, settings) => {
    const stack = await startTestStack(options(settings));
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await untilState(stack, state);
    await stack.cloud.advance(2_000);
    await ring(stack);
    await stack.cloud.advance(2_000);
    await ring(stack, { value: 'OK' });
    await ring(stack);
    const ended = await stack.ended(arn);
    expect([ended.outcome, ended.end?.error, ended.end?.left]).toEqual(['RolledBack', 'Halted', []]);
    expect(ended.end?.message).toMatch(/alarm api-5xx .* rang while api v2 was deployed/);
    expect((await recordOf(stack))?.failure?.error).toBe('Halted');
    expect(software(stack)).toEqual(['v1']);
    expect(await rollbacks(stack)).toEqual([]);
    expect((await judged(stack)).map(({ act }) => act)).toEqual(['halt', 'none']);
    expect((await releasesOf(stack)).filter((release) => release.state === 'good')).toMatchObject([
      { version: 'v1' },
    ]);
    await settles(stack);
  });
});
