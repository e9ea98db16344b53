import { DeregisterImageCommand, EC2Client, DeleteLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { minuteMs, refreshCalls, software, untilState } from './support/acts';
import { changesOfFleet, refusedByIam } from './support/calls';
import { fleetSnapshot, looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import { rested } from './support/rested';
import { type Ended, startTestStack, type TestStack, type TestStackOptions } from './support/testStack';

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
const golden: TestStackOptions = {
  settings: { strategy: 'golden-instance', rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } },
};
const states = async (stack: TestStack) =>
  Object.fromEntries((await releasesOf(stack)).map(({ version, state }) => [version, state]));
const settles = async (stack: TestStack) => {
  expect(refusedByIam(stack)).toEqual([]);
  await stack.cloud.advance(2 * minuteMs);
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
};

describe('A rollback of a fleet at rest', () => {
  test.each([
    ['deploy-and-snapshot', 'none'],
    ['deploy-and-snapshot', 'instance-refresh'],
    ['deploy-and-snapshot', 'surge'],
    ['golden-instance', 'instance-refresh'],
  ])(
    'A rollback after %s with rollout %s goes to the last good release before',
    async (strategy, rollout) => {
      const settings = { strategy, rollout: { strategy: rollout, bakeMinutes: 5 } };
      const stack = await rested({ settings }, 'v2');
      const was = fleetSnapshot(stack);
      const ended = await stack.rollBack();
      expect([ended.outcome, ended.end]).toEqual(['RolledBack', undefined]);
      expect(ended.path).toEqual(straight);
      expect(software(stack)).toEqual(['v1']);
      expect(await states(stack)).toEqual({ v1: 'good', v2: 'bad' });
      // Nothing is provisioned and no image is made: the only change is the group's template.
      expect({ ...fleetSnapshot(stack), launch: {} }).toEqual({ ...was, launch: {} });
      expect(await recordOf(stack, 'rollback-1')).toMatchObject({ kind: 'rollback', outcome: 'RolledBack' });
      expect(told(stack).at(-1)?.subject).toBe('Forseti: api is back on v1');
      await settles(stack);
    },
  );

  test('A rollback goes to the version that is named, and withdraws those after it; named, it goes forward again too', async () => {
    const stack = await rested(golden, 'v2', 'v3');
    expect((await stack.rollBack({ application: 'api', version: 'v1' }, 'back')).outcome).toBe('RolledBack');
    expect([software(stack), await states(stack)]).toEqual([['v1'], { v1: 'good', v2: 'bad', v3: 'bad' }]);
    expect((await stack.rollBack({ application: 'api', version: 'v3' }, 'forth')).outcome).toBe('RolledBack');
    expect([software(stack), await states(stack)]).toEqual([['v3'], { v1: 'good', v2: 'bad', v3: 'good' }]);
    await settles(stack);
  });

  test("A rollback brings the release's policies and alarms back", async () => {
    const policy = (target: number) => ({
      cpu: { type: 'target-tracking', metric: 'ASGAverageCPUUtilization', target },
    });
    const settings = { ...golden.settings, scaling: { policies: policy(40) } };
    const stack = await rested({ settings }, 'v2');
    const scaling = () =>
      Object.values(stack.region.service('autoscaling').state.policies).map(({ name, target }) => [
        name,
        target?.value,
      ]);
    expect(scaling()).toEqual([['forseti-cpu', 40]]);
    await stack.store({ ...golden.settings, scaling: { policies: policy(70) } });
    expect((await stack.deploy({ application: 'api', version: 'v3' }, 'to-v3')).outcome).toBe('Deployed');
    expect(scaling()).toEqual([['forseti-cpu', 70]]);
    expect((await stack.rollBack()).outcome).toBe('RolledBack');
    expect(scaling()).toEqual([['forseti-cpu', 40]]);
    await settles(stack);
  });

  test.each([
    ['instance-refresh', {}],
    ['surge', {}],
  ])(
    'A rollback in the fast lane replaces all at once (%s), and takes no longer for more',
    async (strategy) => {
      const settings = { strategy: 'golden-instance', rollout: { strategy, bakeMinutes: 5 } };
      const stack = await rested({ settings }, 'v2', 'v3');
      const slow = await stack.rollBack({ application: 'api' }, 'slow');
      const fast = await stack.rollBack({ application: 'api', version: 'v1', fast: true }, 'fast');
      expect([slow.outcome, fast.outcome]).toEqual(['RolledBack', 'RolledBack']);
      expect(fast.seconds).toBeLessThan(slow.seconds / 2);
      const last = stack.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').at(-1);
      if (strategy === 'instance-refresh')
        expect((last?.input as { Preferences: object }).Preferences).toEqual({
          MinHealthyPercentage: 100,
          MaxHealthyPercentage: 200,
          InstanceWarmup: 60,
          ScaleInProtectedInstances: 'Refresh',
          StandbyInstances: 'Ignore',
          SkipMatching: true,
        });
      expect(software(stack)).toEqual(['v1']);
      expect(stack.group().maxSize).toBe(20);
      await settles(stack);
    },
  );
});

describe('A rollback that is not possible', () => {
  const ec2 = (stack: TestStack) => stack.session.connect(EC2Client);
  const first = async (stack: TestStack) => (await releasesOf(stack)).at(-1);
  const cases: [
    string,
    string,
    RegExp,
    {
      options?: TestStackOptions;
      versions?: string[];
      input?: object;
      before?: (stack: TestStack) => Promise<unknown>;
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
        before: async (stack) =>
          ec2(stack).send(new DeregisterImageCommand({ ImageId: (await first(stack))?.image ?? '' })),
      },
    ],
    [
      'the named release’s launch template version was deleted, and that of the group too',
      'LaunchTemplateVersionGone',
      /Version 2 of launch template lt-\w+, which is api v2, is gone.*--to VERSION/,
      {
        input: { version: 'v2' },
        versions: ['v2', 'v3'],
        before: async (stack) => {
          const { launchTemplate } = (await releasesOf(stack)).find(({ version }) => version === 'v2') ?? {};
          const used = stack.group().launch.launchTemplate?.version ?? '';
          await ec2(stack).send(
            new DeleteLaunchTemplateVersionsCommand({
              LaunchTemplateId: launchTemplate?.id ?? '',
              Versions: [launchTemplate?.version ?? '', used],
            }),
          );
        },
      },
    ],
    [
      'it was rolled back already',
      'AlreadyRolledBack',
      /rolled back to v1 at .* already.*--to VERSION \(v2, v1\)/,
      { before: (stack) => stack.rollBack(undefined, 'the-first') },
    ],
    [
      'a person’s input is wrong',
      'InvalidRequest',
      /"to": not known; expected application, version, fast/,
      { input: { to: 'v1' } },
    ],
  ];
  test.each(cases)(
    'The rollback is refused by name, says what to do, and touches nothing: %s, %s',
    async (_, error, words, { options = golden, versions = ['v2'], input, before }) => {
      const stack = await rested({ ...golden, ...options }, ...versions);
      await before?.(stack);
      const [changes, was] = [changesOfFleet(stack).length, fleetSnapshot(stack)];
      const ended = await stack.rollBack({ application: 'api', ...input }, 'refused');
      expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', error]);
      expect(ended.end?.message.replaceAll('\n', ' ')).toMatch(words);
      expect(changesOfFleet(stack)).toHaveLength(changes);
      expect(fleetSnapshot(stack)).toEqual(was);
      expect(await recordOf(stack, 'refused')).toMatchObject({ kind: 'rollback', outcome: 'Rejected' });
      expect(told(stack).at(-1)?.message).toContain(ended.end?.message.split('\n')[0]);
      expect(told(stack).filter(({ topic }) => topic.endsWith('-paging'))).toEqual([]);
      await settles(stack);
    },
  );

  test('After a rollback to a version that was named, another one is not taken for its double', async () => {
    const stack = await rested(golden, 'v2');
    expect((await stack.rollBack(undefined, 'back')).outcome).toBe('RolledBack');
    expect((await stack.rollBack({ application: 'api', version: 'v2' }, 'forward')).outcome).toBe(
      'RolledBack',
    );
    expect(software(stack)).toEqual(['v2']);
    expect((await stack.rollBack(undefined, 'back-again')).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v1']);
  });

  test('All problems of a group that takes no changes are reported together', async () => {
    const stack = await rested(golden, 'v2');
    stack.group().suspended = { Launch: '', InstanceRefresh: '', AZRebalance: '' };
    const ended = await stack.rollBack();
    expect([ended.outcome, ended.end?.error]).toEqual(['Rejected', 'PreflightFailed']);
    expect(ended.end?.problems.map((problem) => /^Process (\w+)/.exec(problem)?.[1])).toEqual([
      'Launch',
      'InstanceRefresh',
    ]);
  });
});

describe('A rollback while a refresh of a deployment is in flight', () => {
  const during = async (options: TestStackOptions, waitMs: number) => {
    const stack = await startTestStack(options);
    const arn = await stack.start({ application: 'api', version: 'v2' });
    await untilState(stack, 'Rollout');
    await stack.cloud.advance(waitMs);
    const back = await stack.rollBack();
    return { stack, back, ended: await stack.ended(arn) };
  };
  const endsWell = async (stack: TestStack, back: Ended, ended: Ended) => {
    expect([back.outcome, ended.outcome, ended.end?.error]).toEqual(['RolledBack', 'RolledBack', 'Halted']);
    expect(ended.end?.handedTo).toBe('rollback-1');
    expect(software(stack)).toEqual(['v1']);
    expect(stack.group().launch).toMatchObject({ launchTemplate: { version: '1' } });
    await settles(stack);
  };

  test('The rollback lets AWS roll the refresh back if nothing was provisioned in place', async () => {
    const { stack, back, ended } = await during(golden, minuteMs);
    expect(refreshCalls(stack)).toEqual(['Rollout StartInstanceRefresh', 'RollBack RollbackInstanceRefresh']);
    await endsWell(stack, back, ended);
  });

  test('If instances were provisioned in place, it cancels the refresh, awaits its end and starts another that replaces all', async () => {
    const settings = { rollout: { strategy: 'instance-refresh', bakeMinutes: 5 } };
    const { stack, back, ended } = await during({ settings }, minuteMs);
    expect(refreshCalls(stack)).toEqual([
      'Rollout StartInstanceRefresh',
      'RollBack CancelInstanceRefresh',
      'RollBack StartInstanceRefresh',
    ]);
    const last = stack.cloud.calls.list.filter(({ action }) => action === 'StartInstanceRefresh').at(-1);
    expect(last?.input).toMatchObject({ Preferences: { SkipMatching: false } });
    const [second, cancelled] = Object.values(stack.region.service('autoscaling').state.refreshes).flat();
    expect([cancelled?.status, second?.status]).toEqual(['Cancelled', 'Successful']);
    expect(last?.at ?? 0).toBeGreaterThanOrEqual(cancelled?.endedAt ?? Infinity);
    await endsWell(stack, back, ended);
  });
});

test('A second rollback while one is under way is refused, and the first goes on', async () => {
  const stack = await rested(golden, 'v2');
  const arn = await stack.start({ application: 'api' }, 'one', stack.session.names.rollbackMachineArn);
  await untilState(stack, 'RollBack');
  const second = await stack.rollBack({ application: 'api', version: 'v1' }, 'two');
  expect([second.outcome, second.end?.error]).toEqual(['Rejected', 'DeploymentInProgress']);
  expect(second.end?.message).toMatch(/Rollback one of api to v1 is under way already; forseti status api/);
  expect((await stack.ended(arn)).outcome).toBe('RolledBack');
  await settles(stack);
});

test.each([{ fast: true }, {}])(
  'A rollback by surge that is stopped gives back the capacity that it had added: %j',
  async (how) => {
    const stack = await startTestStack({ settings: { rollout: { strategy: 'surge', bakeMinutes: 5 } } });
    expect((await stack.deploy()).outcome).toBe('Deployed');
    const { desired } = stack.group();
    const arn = await stack.start(
      { application: 'api', ...how },
      'rollback-1',
      stack.session.names.rollbackMachineArn,
    );
    await stack.cloud.runUntil(() => stack.group().desired > desired, 10 * minuteMs);
    await stack.stop(arn);
    await stack.cloud.advance(60 * minuteMs);
    expect(await recordOf(stack, 'rollback-1')).toMatchObject({ outcome: 'RolledBack' });
    expect(stack.group().desired).toBe(desired);
    await settles(stack);
  },
);
