import { refusedByIam } from './support/calls';
import {
  fleetSnapshot,
  looseEnds,
  noLooseEnds,
  recordOf,
  releasesOf,
  serving,
  told,
} from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

const before = ['Accept', 'Lock', 'Preflight', 'ImageFrom'];
const after = ['Rollout', 'NeedsApproval', 'Observe', 'Complete', 'Unlock', 'Outcome', 'Deployed'];
const fromFleet = [
  ...before,
  'Suspend',
  'Provision',
  'Provisioned',
  'TakeOut',
  'BakeImage',
  'Baked',
  'PutBack',
  'SwapLaunchTemplate',
  'SetScaling',
  'Suspended',
  'Resume',
  ...after,
];
const fromBuilder = [
  ...before,
  'LaunchBuilder',
  'Provision',
  'Provisioned',
  'BakeImage',
  'Baked',
  'TerminateBuilder',
  'SwapLaunchTemplate',
  'SetScaling',
  'Suspended',
  ...after,
];
const paths = { 'deploy-and-snapshot': fromFleet, 'golden-instance': fromBuilder };
const rollouts = ['instance-refresh', 'surge', 'none'] as const;
const cases = (['deploy-and-snapshot', 'golden-instance'] as const).flatMap((strategy) =>
  rollouts.map((rollout) => [strategy, rollout] as const),
);

/** Scaling requests one more instance, which must run the new version. */
const grow = async (stack: TestStack): Promise<string[]> => {
  const had = new Set(Object.keys(stack.group().instances));
  const { AutoScalingClient, SetDesiredCapacityCommand } = await import('@aws-sdk/client-auto-scaling');
  const DesiredCapacity = stack.group().desired + 1;
  await stack.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity }));
  await stack.cloud.advance(10 * 60_000);
  return serving(stack).flatMap(({ id, software }) => (had.has(id) ? [] : [software ?? 'nothing']));
};

describe.each(cases)('A deployment by %s with rollout %s', (strategy, rollout) => {
  const options = {
    settings: { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } },
    group: { suspended: ['AZRebalance'] },
  };
  const onlyFuture = strategy === 'golden-instance' && rollout === 'none';

  test('The deployment brings the version to the fleet by its path, and leaves nothing open', async () => {
    const stack = await startTestStack(options);
    const was = fleetSnapshot(stack);
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(ended.path).toEqual(
      paths[strategy].flatMap((state) =>
        // Only future instances would boot the image first.
        state === 'Suspended' && rollout === 'none' ? [state, 'VerifyImage', 'Verified'] : [state],
      ),
    );
    expect(refusedByIam(stack)).toEqual([]);
    await stack.cloud.advance(2 * 60_000);
    expect(await looseEnds(stack)).toEqual(noLooseEnds);
    const is = fleetSnapshot(stack);
    expect([is.min, is.max, is.protected]).toEqual([was.min, was.max, was.protected]);
    expect(is.images).toHaveLength(was.images.length + 1);
  });

  test('The deployment leaves exactly those processes suspended that were suspended before', async () => {
    const stack = await startTestStack(options);
    await stack.deploy();
    expect(fleetSnapshot(stack).suspended).toEqual(['AZRebalance']);
  });

  test('Instances in service, and those that scaling adds, run the version and are tagged with it', async () => {
    const stack = await startTestStack(options);
    await stack.deploy();
    const versions = [
      ...new Set(serving(stack).map(({ tag, software }) => `${tag ?? '-'}/${software ?? '-'}`)),
    ];
    expect(versions).toEqual([onlyFuture ? 'v1/v1' : 'v2/v2']);
    expect(await grow(stack)).toEqual(['v2']);
  });

  test('The deployment marks the release good, closes the record, and notifies of its start and end', async () => {
    const stack = await startTestStack(options);
    await stack.deploy();
    const record = await recordOf(stack);
    expect(record).toMatchObject({ outcome: 'Deployed', version: 'v2', strategy, rollout });
    expect(record?.closedAt).toBeGreaterThan(record?.acceptedAt ?? Infinity);
    expect((await releasesOf(stack))[0]).toMatchObject({
      version: 'v2',
      state: 'good',
      image: record?.bakedImage,
    });
    expect(told(stack).map(({ subject }) => subject)).toEqual([
      'Forseti: deploying api v2',
      `Forseti: api v2 has its image ${record?.bakedImage ?? ''}`,
      `Forseti: api v2 Deployed${onlyFuture ? ' for new instances' : ''}`,
    ]);
  });
});

test('A ready image is rolled out without provisioning or baking', async () => {
  const stack = await startTestStack();
  const first = await stack.deploy({ application: 'api', version: 'v2' }, 'first');
  expect(first.outcome).toBe('Deployed');
  const image = (await recordOf(stack, 'first'))?.bakedImage;
  const ended = await stack.deploy({ application: 'api', version: 'v2', image }, 'second');
  expect(ended.path).toEqual([...before, 'SwapLaunchTemplate', 'SetScaling', 'Suspended', ...after]);
  expect(new Set(serving(stack).map(({ imageId }) => imageId))).toEqual(new Set([image]));
});

test('The number of state transitions and the size of the state are the same for 2 and for 350 instances', async () => {
  const measure = async (instances: number) => {
    const stack = await startTestStack({
      group: { instances, max: 700 },
      cloud: { quotas: { 'L-1216C47A': 4_000 } },
      settings: { rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
    });
    const ended = await stack.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(serving(stack).filter(({ software }) => software === 'v2')).toHaveLength(instances);
    const history = await stack.history(ended.arn);
    const states = history.map(({ stateEnteredEventDetails: entered }) => entered?.input ?? '');
    return {
      path: ended.path,
      events: history.length,
      largest: Math.max(...states.map(({ length }) => length)),
    };
  };
  const few = await measure(2);
  const many = await measure(350);
  expect(many.path).toEqual(few.path);
  expect(many.largest).toBe(few.largest);
  expect(many.largest).toBeLessThan(8 * 1024);
  expect(many.events).toBe(few.events);
}, 60_000);

test('The same seed gives the same run to the byte, and another seed another one', async () => {
  const run = async (seed: number) => {
    const stack = await startTestStack({ seed });
    await stack.deploy();
    return JSON.stringify(stack.cloud.calls.list);
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});

test('The version and the variables reach Ansible as data', async () => {
  const stack = await startTestStack({
    settings: {
      provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, extraVars: { workers: 4 } },
    },
  });
  await stack.deploy({ application: 'api', version: 'v2', extraVars: { motd: `it's "$(reboot)"; ok` } });
  const { commands } = stack.region.service('ssm').state;
  const sent = JSON.stringify(Object.values(commands).map(({ parameters }) => parameters));
  expect(sent).toContain('v2');
  expect(sent).toContain('workers');
  expect(sent).toContain('$(reboot)');
});
