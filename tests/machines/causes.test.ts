import { AwsError } from '@forseti/embedded-cloud';
import { statusOf } from '../../cli/queries/status';
import { ask, minuteMs, untilState } from './support/acts';
import { refusedByIam } from './support/calls';
import { told } from './support/snapshot';
import { startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

jest.setTimeout(60_000);

const golden = {
  settings: {
    strategy: 'golden-instance',
    rollout: { strategy: 'instance-refresh', bakeMinutes: 0, timeoutMinutes: 60 },
  },
  group: { instances: 4, zones: ['eu-west-1a', 'eu-west-1b'] },
};

/** From now on a hook holds every new instance. */
const hold = (stack: TestStack): void => {
  Object.assign(stack.group(), {
    hooks: {
      warmup: {
        name: 'warmup',
        transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        timeoutSeconds: 7_200,
        defaultResult: 'ABANDON',
      },
    },
  });
};
/** From now on no agent finishes a command. */
const hang = (stack: TestStack): void => {
  const { agents } = stack.region.service('ssm').state;
  for (const id of Object.keys(stack.region.service('ec2').state.instances))
    agents[id] = { ...agents[id], hangs: true };
};
const keptBy = async (stack: TestStack): Promise<readonly [string | undefined, string | undefined]> => {
  const { deployment } = await statusOf(stack.session, 'api');
  return [deployment?.step, deployment?.keptBy];
};

/** From now on a hook holds every instance that is terminated. */
const drain = (stack: TestStack): void => {
  Object.assign(stack.group(), {
    hooks: {
      drain: {
        name: 'drain',
        transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        timeoutSeconds: 7_200,
        defaultResult: 'ABANDON',
      },
    },
  });
};
const suspend = (stack: TestStack, process: string): void => {
  Object.assign(stack.group(), { suspended: { ...stack.group().suspended, [process]: 'a person' } });
};

const held = /Pending:Wait, held by lifecycle hook warmup/;
const hanging = /command [0-9a-f-]+: i-[0-9a-f]+ is InProgress \(its SSM agent is Online/;
const unsealing = { settings: { image: { seal: true } } };

test.each<[string, (stack: TestStack) => void, RegExp]>([
  [
    'the hook that holds an instance it terminates',
    drain,
    /i-[0-9a-f]+: Terminating:Wait, held by lifecycle hook drain/,
  ],
  [
    'that Terminate is suspended',
    (stack) => {
      suspend(stack, 'Terminate');
    },
    /process Terminate of group api is suspended/,
  ],
  [
    'that nothing is registered with the target groups',
    (stack) => {
      suspend(stack, 'AddToLoadBalancer');
    },
    /not registered with its target groups: process AddToLoadBalancer of group api is suspended/,
  ],
])('A refresh says %s', async (_, act, why) => {
  const stack = await startTestStack(golden);
  await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'Rollout');
  act(stack);
  await stack.cloud.advance(14 * minuteMs);
  const { deployment } = await statusOf(stack.session, 'api');
  const said = [deployment?.keptBy ?? [], told(stack).map(({ message }) => message)].flat().join('\n');
  expect(said).toMatch(why);
  expect(refusedByIam(stack)).toEqual([]);
});

const cases: readonly [string, TestStackOptions, string, (stack: TestStack) => unknown, RegExp][] = [
  [
    'Suspend',
    {},
    'Suspend',
    (stack) => {
      hold(stack);
      const [first] = Object.values(stack.group().instances);
      Object.assign(first ?? {}, { lifecycle: 'Pending:Wait' });
    },
    held,
  ],
  ['TakeOut', unsealing, 'TakeOut', hang, hanging],
  [
    'BakeImage',
    { ...golden, settings: { ...golden.settings, ...unsealing.settings } },
    'BakeImage',
    hang,
    hanging,
  ],
  ['PutBack', unsealing, 'PutBack', hang, hanging],
  [
    'RolloutRest',
    {
      ...golden,
      settings: {
        ...golden.settings,
        rollout: { ...golden.settings.rollout, approval: { percentage: 25, timeoutMinutes: 30 } },
      },
    },
    'Approval',
    async (stack) => {
      await stack.cloud.advance(5 * minuteMs);
      hold(stack);
      await ask(stack, 'Approve', { deployment: 'deployment-1', by: 'ada' });
    },
    held,
  ],
  [
    'Undo',
    golden,
    'Rollout',
    async (stack) => {
      await stack.cloud.advance(6 * minuteMs);
      hold(stack);
      await ask(stack, 'HaltDeployment', { application: 'api', reason: 'tested', by: 'ada' });
    },
    held,
  ],
  [
    'Restore',
    { ...golden, settings: { strategy: 'deploy-and-snapshot', rollout: golden.settings.rollout } },
    'Rollout',
    async (stack) => {
      await stack.cloud.advance(2 * minuteMs);
      hold(stack);
      await ask(stack, 'HaltDeployment', { application: 'api', reason: 'tested', by: 'ada' });
      await stack.cloud.advance(2 * minuteMs);
    },
    held,
  ],
];

test.each(cases)('%s says what keeps it', async (state, options, until, act, why) => {
  const stack = await startTestStack(options);
  await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, until);
  await act(stack);
  await stack.cloud.advance(6 * minuteMs);
  expect(await keptBy(stack)).toEqual([state, expect.stringMatching(why)]);
  expect(refusedByIam(stack)).toEqual([]);
});

test('A step that AWS throttles for long is told once, with what AWS answers', async () => {
  const stack = await startTestStack({
    ...golden,
    settings: {
      ...golden.settings,
      scaling: {
        policies: { cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target: 50 } },
      },
    },
  });
  stack.cloud.faults = {
    call: ({ caller, service }) =>
      caller.name.endsWith('-SetScaling') && service === 'autoscaling'
        ? { before: new AwsError('Throttling', 'Rate exceeded') }
        : undefined,
  };
  await stack.start({ application: 'api', version: 'v2' });
  await untilState(stack, 'SetScaling');
  await stack.cloud.advance(25 * minuteMs);
  const stalled = told(stack).filter(({ subject }) => /stands still at SetScaling/.test(subject));
  expect(stalled).toHaveLength(1);
  expect(stalled[0]?.message).toMatch(/Reason: AWS could not be asked: .*Rate exceeded/);
  expect(refusedByIam(stack)).toEqual([]);
});
