import type { Faults } from '@forseti/embedded-cloud';
import { refusedByIam } from './support/calls';
import { essence, isPoll, isWaker, wakers, withoutLooks } from './support/essence';
import { noLooseEnds } from './support/snapshot';
import { startTestStack } from './support/testStack';

const minuteMs = 60_000;
const strategies = ['deploy-and-snapshot', 'golden-instance'] as const;
type Strategy = (typeof strategies)[number];

const run = async (strategy: Strategy, rollout: string, faults: Faults = {}) => {
  const stack = await startTestStack({
    settings: { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } },
    group: { suspended: ['AZRebalance'] },
    faults,
  });
  const ended = await stack.deploy();
  await stack.cloud.advance(2 * minuteMs);
  return { stage: stack, seconds: ended.seconds, essence: await essence(stack, ended) };
};

const usualRuns = new Map<string, ReturnType<typeof run>>();
/** The same deployment without faults. */
const usual = (strategy: Strategy, rollout: string): ReturnType<typeof run> => {
  const key = `${strategy} ${rollout}`;
  const known = usualRuns.get(key) ?? run(strategy, rollout);
  usualRuns.set(key, known);
  return known;
};

/** Runs with the faults, and compares the result with the usual one. @returns how much longer it took, in seconds. */
const delayOf = async (strategy: Strategy, rollout: string, faults: Faults): Promise<number> => {
  const expected = await usual(strategy, rollout);
  const found = await run(strategy, rollout, faults);
  expect(found.essence).toEqual(expected.essence);
  expect(found.essence.outcome).toBe('Deployed');
  expect(found.essence.looseEnds).toEqual(noLooseEnds);
  expect(refusedByIam(found.stage)).toEqual([]);
  return found.seconds - expected.seconds;
};

// Several deployments a test, on a machine that may be busy.
jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await usual('deploy-and-snapshot', 'instance-refresh');
}, 120_000);

/** Losing an event costs at most the longest delay of a poll. */
const maxLookSeconds = 300;
/** An event that comes twice may shift calls by milliseconds, not waits. */
const nextToNothingSeconds = 1;
/** Twice as many polls meet a fleet at other moments of its change, so the following polls have other delays. */
const betweenLooksSeconds = 60;

describe.each(strategies)('Events of one kind in a deployment by %s', (strategy) => {
  const kinds = Object.keys(wakers) as (keyof typeof wakers)[];
  const delayed = (kind: keyof typeof wakers, delays: readonly number[]) =>
    delayOf(strategy, 'instance-refresh', {
      event: (_region, event) => (wakers[kind](event) ? delays : undefined),
    });
  const waitsFor = async (kind: keyof typeof wakers): Promise<number> => {
    const starts = {
      image: 'ec2:CreateImage',
      command: 'ssm:SendCommand',
      refresh: 'autoscaling:StartInstanceRefresh',
    };
    const { changes } = (await usual(strategy, 'instance-refresh')).essence;
    return changes.filter((change) => change === starts[kind]).length;
  };

  test.each(kinds)(
    'Events of the %s, lost each time, cost one poll and lead to the same deployment',
    async (kind) => {
      const most = (await waitsFor(kind)) * maxLookSeconds;
      const delay = await delayed(kind, []);
      expect(delay).toBeGreaterThan(nextToNothingSeconds);
      expect(delay).toBeLessThan(most);
    },
  );

  test.each(kinds)(
    'Events of the %s, four minutes late, delay the deployment by no more than that',
    async (kind) => {
      const late = await delayed(kind, [4 * minuteMs]);
      expect(late).toBeLessThanOrEqual((await waitsFor(kind)) * 4 * 60);
    },
  );

  test.each(kinds)(
    'Events of the %s, doubled, lead to the same deployment in the same time',
    async (kind) => {
      expect(Math.abs(await delayed(kind, [0, 3_000]))).toBeLessThan(nextToNothingSeconds);
      expect(Math.abs(await delayed(kind, [0, 0]))).toBeLessThan(nextToNothingSeconds);
    },
  );
});

describe.each([
  ['deploy-and-snapshot', 'instance-refresh'],
  ['deploy-and-snapshot', 'surge'],
  ['deploy-and-snapshot', 'none'],
  ['golden-instance', 'instance-refresh'],
] as const)('Events and poll messages in a deployment by %s with rollout %s', (strategy, rollout) => {
  test('With all events lost, the polls bring the deployment to the same end', async () => {
    await delayOf(strategy, rollout, { event: (_region, event) => (isWaker(event) ? [] : undefined) });
  });

  test('With all poll messages of the steps lost, events and the sweep bring it to the same end', async () => {
    await delayOf(strategy, rollout, withoutLooks());
  });

  test('With events and poll messages lost, the sweep alone brings it to the same end', async () => {
    await delayOf(strategy, rollout, {
      ...withoutLooks(),
      event: (_region, event) => (isWaker(event) ? [] : undefined),
    });
  });

  test('Poll messages that are a minute late lead to the same end', async () => {
    await delayOf(strategy, rollout, {
      message: (_region, queueName, body) => (isPoll(queueName, body) ? [minuteMs] : undefined),
    });
  });

  test('With every message and event twice, at once or seconds apart, the deployment is the same in about the same time', async () => {
    const apart = await delayOf(strategy, rollout, { message: () => [0, 3_000], event: () => [0, 2_000] });
    const atOnce = await delayOf(strategy, rollout, { message: () => [0, 0], event: () => [0, 0] });
    expect(Math.max(Math.abs(apart), Math.abs(atOnce))).toBeLessThan(betweenLooksSeconds);
  });
});
