import { refusedByIam } from './support/calls';
import { fleetPicture, looseEnds, noLooseEnds, recordOf, releasesOf, serving, told } from './support/picture';
import { raise, type Stage } from './support/stage';

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

/** Scaling asks for one instance more: it must run the new version. */
const grow = async (stage: Stage): Promise<string[]> => {
  const had = new Set(Object.keys(stage.group().instances));
  const { AutoScalingClient, SetDesiredCapacityCommand } = await import('@aws-sdk/client-auto-scaling');
  const DesiredCapacity = stage.group().desired + 1;
  await stage.session
    .connect(AutoScalingClient)
    .send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'api', DesiredCapacity }));
  await stage.cloud.advance(10 * 60_000);
  return serving(stage).flatMap(({ id, software }) => (had.has(id) ? [] : [software ?? 'nothing']));
};

describe.each(cases)('%s with rollout %s', (strategy, rollout) => {
  const options = {
    settings: { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } },
    group: { suspended: ['AZRebalance'] },
  };

  test('brings the version to the fleet by its path, and leaves nothing open', async () => {
    const stage = await raise(options);
    const was = fleetPicture(stage);
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(ended.path).toEqual(paths[strategy]);
    expect(refusedByIam(stage)).toEqual([]);
    await stage.cloud.advance(2 * 60_000);
    expect(await looseEnds(stage)).toEqual(noLooseEnds);
    const is = fleetPicture(stage);
    expect([is.min, is.max, is.protected]).toEqual([was.min, was.max, was.protected]);
    expect(is.images).toHaveLength(was.images.length + 1);
  });

  test('leaves exactly those processes suspended that were suspended before', async () => {
    const stage = await raise(options);
    await stage.deploy();
    expect(fleetPicture(stage).suspended).toEqual(['AZRebalance']);
  });

  test('what serves runs the version and says so, and so does what scaling adds', async () => {
    const stage = await raise(options);
    await stage.deploy();
    const versions = [
      ...new Set(serving(stage).map(({ tag, software }) => `${tag ?? '-'}/${software ?? '-'}`)),
    ];
    const onlyFuture = strategy === 'golden-instance' && rollout === 'none';
    expect(versions).toEqual([onlyFuture ? 'v1/v1' : 'v2/v2']);
    expect(await grow(stage)).toEqual(['v2']);
  });

  test('marks the release good, closes the record, tells the start and the end', async () => {
    const stage = await raise(options);
    await stage.deploy();
    const record = await recordOf(stage);
    expect(record).toMatchObject({ outcome: 'Deployed', version: 'v2', strategy, rollout });
    expect(record?.closedAt).toBeGreaterThan(record?.acceptedAt ?? Infinity);
    expect((await releasesOf(stage))[0]).toMatchObject({
      version: 'v2',
      state: 'good',
      image: record?.bakedImage,
    });
    expect(told(stage).map(({ subject }) => subject)).toEqual([
      'Forseti: deploying api v2',
      'Forseti: api v2 Deployed',
    ]);
  });
});

test('a ready image is rolled out without provisioning or baking', async () => {
  const stage = await raise();
  const first = await stage.deploy({ application: 'api', version: 'v2' }, 'first');
  expect(first.outcome).toBe('Deployed');
  const image = (await recordOf(stage, 'first'))?.bakedImage;
  const ended = await stage.deploy({ application: 'api', version: 'v2', image }, 'second');
  expect(ended.path).toEqual([...before, 'SwapLaunchTemplate', 'SetScaling', 'Suspended', ...after]);
  expect(new Set(serving(stage).map(({ imageId }) => imageId))).toEqual(new Set([image]));
});

test('state transitions and the size of the state are the same for 2 and for 350 instances', async () => {
  const measure = async (instances: number) => {
    const stage = await raise({
      group: { instances, max: 700 },
      cloud: { quotas: { 'L-1216C47A': 4_000 } },
      settings: { rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
    });
    const ended = await stage.deploy();
    expect([ended.outcome, ended.end]).toEqual(['Deployed', undefined]);
    expect(serving(stage).filter(({ software }) => software === 'v2')).toHaveLength(instances);
    const history = await stage.history(ended.arn);
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

test('the same seed gives the same run to the byte, another seed another one', async () => {
  const run = async (seed: number) => {
    const stage = await raise({ seed });
    await stage.deploy();
    return JSON.stringify(stage.cloud.calls.list);
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
});

test('the version and the variables reach Ansible as data', async () => {
  const stage = await raise({
    settings: {
      provisioning: { source: { s3: 's3://acme-provisioning/api.tar.gz' }, extraVars: { workers: 4 } },
    },
  });
  await stage.deploy({ application: 'api', version: 'v2', extraVars: { motd: `it's "$(reboot)"; ok` } });
  const { commands } = stage.region.service('ssm').state;
  const sent = JSON.stringify(Object.values(commands).map(({ parameters }) => parameters));
  expect(sent).toContain('v2');
  expect(sent).toContain('workers');
  expect(sent).toContain('$(reboot)');
});
