import { AwsError, type CallFault, type Faults } from '@forseti/embedded-cloud';
import { watchTokens } from './support/tokens';
import { fleetSnapshot, looseEnds, noLooseEnds, serving } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

const minuteMs = 60_000;
const strategyOf = (state: string) => (state === 'LaunchBuilder' ? 'golden-instance' : 'deploy-and-snapshot');
const optionsWith = (strategy: string): TestStackOptions => ({
  settings: { strategy, rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
  group: { suspended: ['AZRebalance'] },
});
const optionsFor = (state: string): TestStackOptions => optionsWith(strategyOf(state));

// Several deployments a test, on a machine that may be busy.
jest.setTimeout(60_000);

/** The template is compiled anew after a change of its sources. */
beforeAll(async () => {
  await startTestStack();
}, 120_000);

/** Resources without a name of their own at AWS, which must not be made twice. */
const starts = [
  ['Provision', 'SendCommand'],
  ['BakeImage', 'CreateImage'],
  ['Rollout', 'StartInstanceRefresh'],
  ['LaunchBuilder', 'RunInstances'],
] as const;

/** What AWS holds of what was started: commands by their purpose, images, refreshes, builders. */
const started = (stack: TestStack) => {
  const ec2 = stack.region.service('ec2').state;
  const { refreshes } = stack.region.service('autoscaling').state;
  return {
    commands: Object.values(stack.region.service('ssm').state.commands)
      .map(({ comment }) => comment)
      .sort(),
    images: Object.keys(ec2.images).length,
    refreshes: Object.values(refreshes).flat().length,
    builders: Object.values(ec2.instances).filter(({ tags }) => tags.Name?.startsWith('forseti builder'))
      .length,
  };
};

const usualStarts = new Map<string, Promise<ReturnType<typeof started>>>();
const startedUsually = async (strategy: string) => {
  const stack = await startTestStack(optionsWith(strategy));
  expect((await stack.deploy()).outcome).toBe('Deployed');
  return started(stack);
};
/** What a deployment starts without faults. */
const usualStart = (strategy: string): ReturnType<typeof startedUsually> => {
  const known = usualStarts.get(strategy) ?? startedUsually(strategy);
  usualStarts.set(strategy, known);
  return known;
};

/** A fault for the first call of an action. */
const strikingOnce = (action: string, fault: CallFault): Faults => {
  let struck = false;
  return {
    call: (seen) => {
      if (struck || seen.action !== action || (seen.input as { DryRun?: true }).DryRun) return undefined;
      struck = true;
      return fault;
    },
  };
};

/** The first invocation of a state's function that gets a token dies in this way. */
const dyingOnce = (state: string, how: 'before' | 'after' | 'hang'): Faults => {
  let died = false;
  return {
    invocation: ({ functionName, event }) => {
      if (died || !functionName.endsWith(`-${state}`) || !('token' in (event as object))) return undefined;
      died = true;
      return how;
    },
  };
};

describe.each(starts)('A retry of the state %s, which calls %s', (state, action) => {
  const ways: readonly (readonly [string, () => Faults])[] = [
    ['its function dies before it runs', () => dyingOnce(state, 'before')],
    ['its function dies after its effect', () => dyingOnce(state, 'after')],
    ['its function never answers', () => dyingOnce(state, 'hang')],
    ["AWS's answer never arrives, and the function times out", () => strikingOnce(action, { lost: true })],
    [
      'AWS does it and answers with an error',
      () =>
        strikingOnce(action, {
          after: new AwsError('InternalFailure', 'It went wrong.', { statusCode: 500 }),
        }),
    ],
    [
      'AWS fails and does nothing',
      () =>
        strikingOnce(action, {
          before: new AwsError('InternalFailure', 'It went wrong.', { statusCode: 500 }),
        }),
    ],
  ];

  test.each(ways)('The work is started once when %s', async (_way, faults) => {
    const usual = await usualStart(strategyOf(state));
    const stack = await startTestStack({ ...optionsFor(state), faults: faults() });
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(started(stack)).toEqual(usual);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
  });
});

describe('The task token of a waiting state', () => {
  const cases: readonly (readonly [string, () => Faults])[] = [
    ['with nothing in its way', () => ({})],
    ['with every event and message twice', () => ({ message: () => [0, 0], event: () => [0, 2_000] })],
    ['with a step that dies after its effect', () => dyingOnce('BakeImage', 'after')],
    ['with a step that never answers', () => dyingOnce('Provision', 'hang')],
  ];

  test.each(cases)('The token is answered by its own step, and once, %s', async (_case, faults) => {
    const watched = watchTokens(faults());
    const stack = await startTestStack({ ...optionsFor('Rollout'), faults: watched.faults });
    expect((await stack.deploy()).outcome).toBe('Deployed');
    const { answers, unanswered } = watched.judge(stack);
    expect(answers.filter(({ owner, caller }) => owner !== caller)).toEqual([]);
    expect(answers.filter(({ accepted }) => accepted > 1)).toEqual([]);
    // A retry has replaced the token. Its own invocation failed, which the machine has noticed.
    expect(unanswered.every(({ invocations }) => invocations.died > 0)).toBe(true);
    expect((await looseEnds(stack)).waits).toEqual([]);
  });
});

describe('A deadline that passes', () => {
  const rollout = { strategy: 'instance-refresh', bakeMinutes: 5, timeoutMinutes: 30 };
  const cases: readonly (readonly [
    string,
    string,
    TestStackOptions,
    { at: string; error: RegExp; tells: RegExp },
  ])[] = [
    [
      'an agent that takes the command and never finishes it',
      'deploy-and-snapshot',
      { group: { instances: [{ count: 3 }, { count: 1, agent: { hangs: true } }] } },
      {
        at: 'Provision',
        error: /^ProvisionFailed$/,
        tells: /i-[0-9a-f]+: the playbook ran longer than it may/,
      },
    ],
    [
      'a playbook that hangs on every instance',
      'deploy-and-snapshot',
      { cloud: { provisioningFailures: [{ version: 'v2', hangs: true }] } },
      { at: 'Provision', error: /^ProvisionFailed$/, tells: /the playbook ran longer than it may/ },
    ],
    [
      'an image that is never completed',
      'deploy-and-snapshot',
      { cloud: { images: [{ takes: '72h' }] } },
      { at: 'BakeImage', error: /^States\.Timeout$/, tells: /BakeImage/ },
    ],
    [
      'a builder whose image is never completed',
      'golden-instance',
      { cloud: { images: [{ takes: '72h' }] } },
      { at: 'BakeImage', error: /^States\.Timeout$/, tells: /BakeImage/ },
    ],
    [
      'a refresh whose new instances never become healthy',
      'golden-instance',
      { cloud: { brokenVersions: ['v2'] } },
      { at: 'Rollout', error: /^RolloutFailed$/, tells: /New instances of v2 .* do not become healthy/ },
    ],
  ];

  test.each(cases)(
    'The deployment ends by name, with everything restored: %s',
    async (_case, strategy, options, { at, error, tells }) => {
      const stack = await startTestStack({
        ...options,
        group: { ...options.group, suspended: ['AZRebalance'] },
        settings: { strategy, rollout },
      });
      const was = fleetSnapshot(stack);
      const ended = await stack.deploy();
      expect([ended.outcome, ended.end?.left]).toEqual(['RolledBack', []]);
      expect(ended.path[ended.path.indexOf('Undo') - 1]).toBe(at);
      expect(ended.end?.error).toMatch(error);
      expect(ended.end?.message).toMatch(tells);
      await stack.cloud.advance(10 * minuteMs);
      // The image is retained to be resumed from.
      const made = { templates: [], images: [], snapshots: [] };
      expect({ ...fleetSnapshot(stack), ...made }).toEqual({ ...was, ...made });
      expect(new Set(serving(stack).map(({ software }) => software))).toEqual(new Set(['v1']));
      expect(serving(stack)).toHaveLength(4);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    },
  );
});

describe('The time that AWS takes', () => {
  const maxLookSeconds = 300;
  const aws = new Set(['ec2', 'ssm', 'autoscaling', 'elasticloadbalancing']);

  const measure = async (timings: object, state: string) => {
    const stack = await startTestStack({
      ...optionsWith('deploy-and-snapshot'),
      cloud: { timings: { ...timings, spread: 0 } },
    });
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    return {
      path: ended.path,
      historyEvents: (await stack.history(ended.arn)).length,
      seconds: ended.seconds,
      readings: stack.cloud.calls.list.filter(
        ({ caller, service, mutating }) =>
          caller === `forseti-production-${state}` && aws.has(service) && !mutating,
      ).length,
    };
  };

  test.each([
    // A poll of an image reads its snapshots, too.
    ['an image, 40 minutes instead of 4', 'BakeImage', { image: '40m' }, 36 * 60, 2],
    // A poll of a command reads its invocations, the fleet and, of a slow one, the agents.
    ['four batches of Ansible, 20 minutes instead of 2', 'Provision', { command: '20m' }, 4 * 18 * 60, 5],
  ])(
    'It costs no more transitions, no second beyond it, and one poll in five minutes at most: %s',
    async (_case, state, timings, longerSeconds, callsOfLook) => {
      const usual = await measure({}, state);
      const long = await measure(timings, state);
      expect(long.path).toEqual(usual.path);
      expect(long.historyEvents).toBe(usual.historyEvents);
      // The event ends the wait, not the next poll.
      expect(Math.abs(long.seconds - usual.seconds - longerSeconds)).toBeLessThan(1);
      expect(long.readings - usual.readings).toBeLessThanOrEqual(
        (longerSeconds / maxLookSeconds) * callsOfLook,
      );
    },
  );

  test('A slow refresh takes as many transitions, and one poll in five minutes at most', async () => {
    const usual = await measure({}, 'Rollout');
    const slow = await measure({ boot: '15m' }, 'Rollout');
    expect(slow.path).toEqual(usual.path);
    expect(slow.historyEvents).toBe(usual.historyEvents);
    // A poll reads the refresh, the fleet, its targets, and what launches have failed; of a slow one also its causes.
    const callsOfLook = 5;
    expect(slow.readings - usual.readings).toBeLessThanOrEqual(
      ((slow.seconds - usual.seconds) / maxLookSeconds) * callsOfLook,
    );
  });
});
