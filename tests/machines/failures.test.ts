import type { CloudState, Faults } from '@forseti/embedded-cloud';
import { minuteMs, software, untilState } from './support/acts';
import { both, failing, type How, hows, liftable } from './support/failing';
import { broken, snapshotBefore } from './support/invariants';
import { statesOf } from './support/machines';
import { looseEnds, noLooseEnds, recordOf, releasesOf, told } from './support/snapshot';
import {
  approveIfAsked,
  beginDeployment,
  beginRollback,
  isRunning,
  optionsFor,
  savedFleets,
  untilAllEnded,
} from './support/scenes';
import { startTestStack } from './support/testStack';
import { watch } from './support/watch';

jest.setTimeout(60_000);

const deploy = statesOf('deploy');
const rollback = statesOf('rollback');
const mend = statesOf('mend');

/** States that fail before anything was touched. */
const untouching = [
  ...['Accept', 'Lock', 'Queue', 'Preflight', 'Settle'],
  ...['AcceptRollback', 'PreflightRollback'],
];
/** Reached only after another state has failed. */
const compensation = ['Undo', 'Restore', 'CompleteRestored', 'CleanUp', 'Close', 'Unlock'];
const firstToTouch = ['Suspend', 'LaunchBuilder'];

const faultsOf = (functions: Readonly<Record<string, string>>, state: string, how: How): Faults =>
  failing(how, [functions[state] ?? ''], untouching.includes(state));

/** Fails these states first, so that the compensation has work to do. */
const dying = (...states: readonly string[]): Faults => failing('dies before its effect', states);

const namedEnds = ['Deployed', 'Rejected', 'RolledBack', 'Dirty'];

describe.each(hows)('A state of a deployment whose function always %s', (how) => {
  test.each(deploy.tasks)('The deployment has a named end, and the invariants hold: %s', async (state) => {
    const isCompensation = compensation.includes(state);
    const first = isCompensation ? ['Resume'] : [];
    const fault = liftable(both(faultsOf(deploy.functions, state, how), dying(...first)));
    const played = await beginDeployment(state, fault.faults, { failing: first });
    const { stage: stack } = played;
    if (state === 'RolloutRest') await approveIfAsked(played);
    const ended = await stack.ended(played.arn);
    expect(ended.path).toContain(state);
    expect(namedEnds).toContain(ended.outcome);
    // A function that dies after its effect has answered its token already if its work was over at the first poll.
    const done = ended.outcome === 'Deployed';
    expect(done && how === 'dies before its effect').toBe(false);
    const nothingTouched =
      untouching.includes(state) ||
      (firstToTouch.includes(state) && ['dies before its effect', 'is throttled'].includes(how));
    if (!isCompensation && !done) expect(ended.outcome).toBe(nothingTouched ? 'Rejected' : 'RolledBack');
    if (['Close', 'Unlock'].includes(state)) fault.lift();
    await untilAllEnded(stack);
    const { told } = played.before;
    const before = state === 'Queue' ? { ...snapshotBefore(stack), told } : played.before;
    expect(await broken({ ...played, before })).toEqual([]);
    if (done || state === 'Queue') return;
    const good = (await releasesOf(stack)).filter((release) => release.state === 'good');
    expect(good.map(({ version }) => version)).toEqual(['v1']);
  });
});

describe('A rollback', () => {
  let fleets: { readonly good: CloudState; readonly bad: CloudState };
  beforeAll(async () => {
    fleets = await savedFleets();
  });

  /** States that have to fail first, so that a rollback reaches the state. */
  const earlier: Readonly<Record<string, readonly string[]>> = {
    Undo: ['RollBack'],
    Restore: ['RollBack'],
    CompleteRestored: ['RollBack'],
    CleanUp: ['RollBack'],
    Close: ['RollBack'],
  };

  /** No good state is left to go back to, so the compensation goes on to the same release. */
  const forwardOnly = ['CompleteRestored'];
  /** Without these states a rollback does not reach its target. */
  const hard = /^(CompleteRollback|Undo|Restore)$/;
  const forward = ['RollBack', 'SetScaling', 'CompleteRollback', 'Undo', 'Restore'];

  describe.each(hows.slice(0, 1))(
    'A rollback away from a bad release, with a state whose function always %s',
    (how) => {
      test.each(forward)(
        'The fleet comes to the good release all the same, or somebody is paged: %s',
        async (state) => {
          const first = earlier[state] ?? [];
          const faults = both(faultsOf(rollback.functions, state, how), dying(...first));
          const played = await beginRollback(fleets.bad, state, faults, first);
          const ended = await played.stage.ended(played.arn);
          expect(ended.path).toContain(state);
          await untilAllEnded(played.stage);
          expect(await broken(played)).toEqual([]);
          if (ended.outcome === 'RolledBack') expect(software(played.stage)).toEqual(['v1']);
          // What could not even begin is Rejected; a Dirty end pages.
          else
            expect([ended.outcome, state]).toEqual([
              expect.stringMatching(/^(Dirty|Rejected)$/),
              expect.stringMatching(hard),
            ]);
        },
      );
    },
  );

  describe.each(hows)('A state of a rollback whose function always %s', (how) => {
    test.each(rollback.tasks)('The rollback has a named end, and the invariants hold: %s', async (state) => {
      const first = earlier[state] ?? [];
      const fault = liftable(both(faultsOf(rollback.functions, state, how), dying(...first)));
      const fleet = fleets[forwardOnly.includes(state) ? 'bad' : 'good'];
      const played = await beginRollback(fleet, state, fault.faults, first);
      const { stage: stack } = played;
      const ended = await stack.ended(played.arn);
      expect(ended.path).toContain(state);
      expect(namedEnds).toContain(ended.outcome);
      if (untouching.includes(state)) expect(ended.outcome).toBe('Rejected');
      if (['Close', 'Unlock'].includes(state)) fault.lift();
      await untilAllEnded(stack);
      expect(await broken(played)).toEqual([]);
    });

    test('If Halt fails while a deployment runs, one of the two brings the fleet back, or nothing was touched', async () => {
      const stack = await startTestStack({
        ...optionsFor('BakeImage'),
        faults: faultsOf(rollback.functions, 'Halt', how),
      });
      const before = snapshotBefore(stack);
      const watching = watch(stack);
      const arn = await stack.start({ application: 'api', version: 'v2' });
      await untilState(stack, 'BakeImage');
      const back = await stack.rollBack();
      const ended = await stack.ended(arn);
      await untilAllEnded(stack);
      expect(['Rejected', 'RolledBack']).toContain(back.outcome);
      expect(software(stack)).toEqual([ended.outcome === 'Deployed' ? 'v2' : 'v1']);
      for (const deployment of ['deployment-1', 'rollback-1'])
        expect(['Deployed', 'Rejected', 'RolledBack']).toContain(
          (await recordOf(stack, deployment))?.outcome,
        );
      expect(await broken({ stage: stack, before, watch: watching, deployment: 'deployment-1' })).toEqual([]);
    });
  });
});

describe.each<How>(['dies before its effect'])(
  'A state of the repair whose function %s for a quarter of an hour',
  (how) => {
    test.each(mend.tasks)(
      'The stopped deployment is repaired in the end, or what is left is reported: %s',
      async (state) => {
        const functionName = mend.functions[state] ?? '';
        const played = await beginDeployment('BakeImage');
        const { stage: stack } = played;
        await untilState(stack, 'BakeImage');
        expect(isRunning(stack, played.arn)).toBe(true);
        const fault = liftable(failing(how, [functionName]));
        stack.cloud.faults = both(fault.faults, stack.cloud.faults);
        await stack.stop(played.arn);
        await stack.cloud.advance(15 * minuteMs);
        fault.lift();
        await untilAllEnded(stack);
        expect(await broken(played)).toEqual([]);
      },
    );
  },
);

describe('Compensation that fails itself', () => {
  test('What is left is listed with its repair command, and pages', async () => {
    const stack = await startTestStack({ ...optionsFor('Provision'), faults: dying('BakeImage', 'Restore') });
    const ended = await stack.deploy();
    expect(ended.outcome).toBe('Dirty');
    expect(ended.end?.left.length).toBeGreaterThan(0);
    const paged = told(stack).filter(({ topic }) => topic === 'forseti-production-paging');
    expect(paged).toHaveLength(1);
    expect(paged[0]?.subject).toMatch(/api v2/);
    expect(paged[0]?.message).toMatch(/Left/);
  });

  test('A lock that could not be released is taken over by the next deployment, once its owner has ended for a minute', async () => {
    const stack = await startTestStack({ ...optionsFor('Provision'), faults: dying('BakeImage', 'Unlock') });
    await stack.deploy(undefined, 'first');
    stack.cloud.faults = {};
    const soon = await stack.deploy(undefined, 'second');
    expect(soon.end?.error).toBe('DeploymentInProgress');
    await stack.cloud.advance(2 * minuteMs);
    expect((await stack.deploy(undefined, 'third')).outcome).toBe('Deployed');
  });
});

test('A broken invariant is found', async () => {
  const played = await beginDeployment('Observe', dying('Observe'));
  const { stage: stack } = played;
  expect((await stack.ended(played.arn)).outcome).toBe('RolledBack');
  await untilAllEnded(stack);
  expect(await broken(played)).toEqual([]);
  await stack.cloud.advance(10_000);
  const group = stack.group();
  Object.assign(group, { minSize: group.minSize + 1 });
  Object.assign(group.suspended, { Launch: 'by a test' });
  const [id = ''] = Object.keys(group.instances);
  Object.assign(stack.instance(id), { software: 'v9' });
  const { images } = stack.region.service('ec2').state;
  Object.assign(images, { 'ami-stray': Object.values(images)[0] });
  for (const { targets } of Object.values(stack.region.service('elasticloadbalancing').state.targetGroups))
    for (const target of Object.values(targets)) target.state = 'unhealthy';
  const arn = 'arn:aws:iam::111122223333:role/forseti-production-Suspend';
  const caller = { kind: 'function', arn, name: 'forseti-production-Suspend' } as const;
  const input = { AutoScalingGroupName: 'api', ScalingProcesses: ['Terminate'] };
  await stack.cloud.run(() =>
    stack.cloud.answer('eu-west-1', caller, 'autoscaling', 'SuspendProcesses', input).catch(() => undefined),
  );
  const found = (await broken(played)).map((what) => what.slice(0, what.indexOf(':')));
  expect([...new Set(found)].sort()).toEqual([
    'allowed',
    'asBefore',
    'enoughHealthy',
    'noOrphans',
    'nothingSuspended',
    'onlyOwner',
    'runsWhatItShould',
  ]);
});

test('The image and the launch template version of a failed deployment are removed within a day', async () => {
  const stack = await startTestStack({ ...optionsFor('Rollout'), faults: dying('Rollout') });
  const { fleet } = snapshotBefore(stack);
  expect((await stack.deploy()).outcome).toBe('RolledBack');
  expect(snapshotBefore(stack).fleet.images).toHaveLength(fleet.images.length + 1);
  await stack.cloud.advance(24 * 3_600_000);
  expect(snapshotBefore(stack).fleet).toEqual(fleet);
  expect((await recordOf(stack))?.due).toBeUndefined();
  expect(await looseEnds(stack)).toEqual(noLooseEnds);
});

test('Of two deployments of one fleet the second is rejected, and names the one that runs', async () => {
  const stack = await startTestStack();
  const first = await stack.start({ application: 'api', version: 'v2' }, 'first');
  await stack.cloud.advance(30_000);
  const second = await stack.deploy({ application: 'api', version: 'v3' }, 'second');
  expect(second.outcome).toBe('Rejected');
  expect(second.end).toMatchObject({ error: 'DeploymentInProgress' });
  expect(second.end?.message).toMatch(/locked by first since/);
  expect((await stack.ended(first)).outcome).toBe('Deployed');
});
