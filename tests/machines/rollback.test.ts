import { DeregisterImageCommand, EC2Client, DeleteLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { minuteMs, refreshCalls, software, untilState } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { fleetPicture, looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/picture';
import { rested } from './support/rested';
import { type Ended, raise, type Stage, type StageOptions } from './support/stage';

jest.setTimeout(60_000);

const straight = [
  'AcceptRollback',
  'PreflightRollback',
  'Halt',
  'RollBack',
  'SetScaling',
  'CompleteRollback',
  'Unlock',
  'Outcome',
  'RolledBack',
];
const golden: StageOptions = {
  settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
};
const states = async (stage: Stage) =>
  Object.fromEntries((await releasesOf(stage)).map(({ version, state }) => [version, state]));
const settles = async (stage: Stage) => {
  expect(refusedByIam(stage)).toEqual([]);
  await stage.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stage)).toEqual(noLooseEnds);
};

describe('a rollback of a fleet at rest', () => {
  test.each([
    ['deploy-and-snapshot', 'none'],
    ['deploy-and-snapshot', 'instance-refresh'],
    ['deploy-and-snapshot', 'surge'],
    ['golden-instance', 'instance-refresh'],
  ])('after %s with rollout %s goes to the last good release before', async (strategy, rollout) => {
    const settings = { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } };
    const stage = await rested({ settings }, 'v2');
    const was = fleetPicture(stage);
    const ended = await stage.rollBack();
    expect([ended.outcome, ended.end]).toEqual(['RolledBack', undefined]);
    expect(ended.path).toEqual(straight);
    expect(software(stage)).toEqual(['v1']);
    expect(await states(stage)).toEqual({ v1: 'good', v2: 'bad' });
    // Nothing is provisioned and nothing baked: all there is is another template for the group.
    expect({ ...fleetPicture(stage), launch: {} }).toEqual({ ...was, launch: {} });
    expect(await recordOf(stage, 'rollback-1')).toMatchObject({ kind: 'rollback', outcome: 'RolledBack' });
    expect(told(stage).at(-1)?.subject).toBe('Forseti: api is back on v1');
    await settles(stage);
  });

  test('goes to the version that is named, and withdraws those after it; named, it goes forward again too', async () => {
    const stage = await rested(golden, 'v2', 'v3');
    expect((await stage.rollBack({ application: 'api', version: 'v1' }, 'back')).outcome).toBe('RolledBack');
    expect([software(stage), await states(stage)]).toEqual([['v1'], { v1: 'good', v2: 'bad', v3: 'bad' }]);
    expect((await stage.rollBack({ application: 'api', version: 'v3' }, 'forth')).outcome).toBe('RolledBack');
    expect([software(stage), await states(stage)]).toEqual([['v3'], { v1: 'good', v2: 'bad', v3: 'good' }]);
    await settles(stage);
  });

  test('brings that release’s policies and alarms back', async () => {
    const policy = (target: number) => ({
      cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target },
    });
    const settings = { ...golden.settings, scaling: { policies: policy(40) } };
    const stage = await rested({ settings }, 'v2');
    const scaling = () =>
      Object.values(stage.region.service('autoscaling').state.policies).map(({ name, target }) => [
        name,
        target?.value,
      ]);
    expect(scaling()).toEqual([['forseti-cpu', 40]]);
    await stage.store({ ...golden.settings, scaling: { policies: policy(70) } });
    expect((await stage.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
    expect(scaling()).toEqual([['forseti-cpu', 70]]);
    expect((await stage.rollBack()).outcome).toBe('RolledBack');
    expect(scaling()).toEqual([['forseti-cpu', 40]]);
    await settles(stage);
  });

  test.each([
    ['instance-refresh', {}],
    ['surge', {}],
  ])('in the fast lane replaces all at once (%s), and takes no longer for more', async (strategy) => {
    const settings = { strategy: 'golden-instance', rollout: { strategy, bakeMinutes: 5 } };
    const stage = await rested({ settings }, 'v2', 'v3');
    const slow = await stage.rollBack({ application: 'api' }, 'slow');
    const fast = await stage.rollBack({ application: 'api', version: 'v1', fast: true }, 'fast');
    expect([slow.outcome, fast.outcome]).toEqual(['RolledBack', 'RolledBack']);
    expect(fast.seconds).toBeLessThan(slow.seconds / 2);
    const last = stage.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').at(-1);
    if (strategy === 'instance-refresh')
      expect((last?.input as { Preferences: object }).Preferences).toEqual({
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 200,
        InstanceWarmup: 60,
        ScaleInProtectedInstances: 'Refresh',
        StandbyInstances: 'Ignore',
        SkipMatching: true,
      });
    expect(software(stage)).toEqual(['v1']);
    expect(stage.group().maxSize).toBe(20);
    await settles(stage);
  });
});

describe('a rollback that cannot be is refused by name, tells what to do, and touches nothing', () => {
  const ec2 = (stage: Stage) => stage.session.connect(EC2Client);
  const first = async (stage: Stage) => (await releasesOf(stage)).at(-1);
  const cases: [
    string,
    string,
    RegExp,
    {
      options?: StageOptions;
      versions?: string[];
      input?: object;
      before?: (stage: Stage) => Promise<unknown>;
    },
  ][] = [
    [
      'the first deployment ever has not ended well',
      'NoRelease',
      /no release yet.*forseti status api/,
      { options: { released: false }, versions: [] },
    ],
    [
      'no good release but the one that runs',
      'NoGoodRelease',
      /known are v1 \(good\).*forseti rollback api --to VERSION/,
      { versions: [] },
    ],
    [
      'the named version was never released',
      'UnknownVersion',
      /never released as v9; known are v2, v1.*forseti deploy api v9/,
      { input: { version: 'v9' } },
    ],
    [
      'the good release’s image was deleted',
      'ImageGone',
      /Image ami-\w+ of api v1 is gone.*forseti rollback api --to VERSION; or deploy v1 again/,
      {
        before: async (stage) =>
          ec2(stage).send(new DeregisterImageCommand({ ImageId: (await first(stage))?.image ?? '' })),
      },
    ],
    [
      'the good release’s launch template version was deleted',
      'LaunchTemplateVersionGone',
      /Version 2 of launch template lt-\w+, which is api v2, is gone.*--to VERSION/,
      {
        versions: ['v2', 'v3'],
        before: async (stage) => {
          const { launchTemplate } = (await releasesOf(stage)).find(({ version }) => version === 'v2') ?? {};
          await ec2(stage).send(
            new DeleteLaunchTemplateVersionsCommand({
              LaunchTemplateId: launchTemplate?.id ?? '',
              Versions: [launchTemplate?.version ?? ''],
            }),
          );
        },
      },
    ],
    [
      'it was rolled back already',
      'AlreadyRolledBack',
      /rolled back to v1 at .* already.*--to VERSION \(v2, v1\)/,
      { before: (stage) => stage.rollBack(undefined, 'the-first') },
    ],
    [
      'a person’s input is wrong',
      'InvalidRequest',
      /"to": not known; expected application, version, fast/,
      { input: { to: 'v1' } },
    ],
  ];
  test.each(cases)(
    '%s: %s',
    async (_, error, words, { options = golden, versions = ['v2'], input, before }) => {
      const stage = await rested({ ...golden, ...options }, ...versions);
      await before?.(stage);
      const [changes, was] = [changesOfFleet(stage).length, fleetPicture(stage)];
      const ended = await stage.rollBack({ application: 'api', ...input }, 'refused');
      expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', error]);
      expect(ended.end?.message.replaceAll('\n', ' ')).toMatch(words);
      expect(changesOfFleet(stage)).toHaveLength(changes);
      expect(fleetPicture(stage)).toEqual(was);
      expect(await recordOf(stage, 'refused')).toMatchObject({ kind: 'rollback', outcome: 'Rejected' });
      expect(told(stage).at(-1)?.message).toContain(ended.end?.message.split('\n')[0]);
      expect(told(stage).filter(({ topic }) => topic.endsWith('-paging'))).toEqual([]);
      await settles(stage);
    },
  );

  test('the group takes no changes: all that is wrong is told together', async () => {
    const stage = await rested(golden, 'v2');
    stage.group().suspended = { Launch: '', InstanceRefresh: '', AZRebalance: '' };
    const ended = await stage.rollBack();
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'PreflightFailed']);
    expect(ended.end?.problems.map((problem) => /^Process (\w+)/.exec(problem)?.[1])).toEqual([
      'Launch',
      'InstanceRefresh',
    ]);
  });
});

describe('a rollback while a refresh of a deployment is in flight', () => {
  const during = async (options: StageOptions, waitMs: number) => {
    const stage = await raise(options);
    const arn = await stage.start({ application: 'api', version: 'v2' });
    await untilState(stage, 'Rollout');
    await stage.cloud.advance(waitMs);
    const back = await stage.rollBack();
    return { stage, back, ended: await stage.ended(arn) };
  };
  const endsWell = async (stage: Stage, back: Ended, ended: Ended) => {
    expect([back.outcome, ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'RolledBack', 'Halted']);
    expect(ended.end?.handedTo).toBe('rollback-1');
    expect(software(stage)).toEqual(['v1']);
    expect(stage.group().launch).toMatchObject({ launchTemplate: { version: '1' } });
    await settles(stage);
  };

  test('lets AWS roll it back, where nothing was provisioned in place', async () => {
    const { stage, back, ended } = await during(golden, minuteMs);
    expect(refreshCalls(stage)).toEqual(['Rollout StartInstanceRefresh', 'RollBack RollbackInstanceRefresh']);
    await endsWell(stage, back, ended);
  });

  test('cancels it, awaits its end and starts another that replaces all, where instances were provisioned in place', async () => {
    const settings = { rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } };
    const { stage, back, ended } = await during({ settings }, minuteMs);
    expect(refreshCalls(stage)).toEqual([
      'Rollout StartInstanceRefresh',
      'RollBack CancelInstanceRefresh',
      'RollBack StartInstanceRefresh',
    ]);
    const last = stage.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').at(-1);
    expect(last?.input).toMatchObject({ Preferences: { SkipMatching: false } });
    const [second, cancelled] = Object.values(stage.region.service('autoscaling').state.refreshes).flat();
    expect([cancelled?.status, second?.status]).toEqual(['Cancelled', 'Successful']);
    expect(last?.at ?? 0).toBeGreaterThanOrEqual(cancelled?.endedAt ?? Infinity);
    await endsWell(stage, back, ended);
  });
});

test('a second rollback while one is under way is refused, and the first goes on', async () => {
  const stage = await rested(golden, 'v2');
  const arn = await stage.start({ application: 'api' }, 'one', stage.session.names.rollbackMachineArn);
  await untilState(stage, 'RollBack');
  const second = await stage.rollBack({ application: 'api', version: 'v1' }, 'two');
  expect([second.outcome, second.end?.error]).toEqual(['Rejected', 'DeploymentInProgress']);
  expect(second.end?.message).toMatch(/Rollback one of api to v1 is under way already; forseti status api/);
  expect((await stage.ended(arn)).outcome).toBe('RolledBack');
  await settles(stage);
});

test.each([{ fast: true }, {}])(
  'a rollback by surge that is stopped gives back what it had added to the capacity: %j',
  async (how) => {
    const stage = await raise({ settings: { rollout: { strategy: 'surge', bakeMinutes: 5 } } });
    expect((await stage.deploy()).outcome).toBe('Deployed');
    const { desired } = stage.group();
    const arn = await stage.start(
      { application: 'api', ...how },
      'rollback-1',
      stage.session.names.rollbackMachineArn,
    );
    await stage.cloud.runUntil(() => stage.group().desired > desired, 10 * minuteMs);
    await stage.stop(arn);
    await stage.cloud.advance(60 * minuteMs);
    expect(await recordOf(stage, 'rollback-1')).toMatchObject({ outcome: 'RolledBack' });
    expect(stage.group().desired).toBe(desired);
    await settles(stage);
  },
);
