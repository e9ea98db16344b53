import { overheadMs } from '../../cli/demo/overhead';
import { minuteMs, refreshCalls, ring, rollbacks, software, untilCall } from './support/acts';
import { failing } from './support/failing';
import { broken } from './support/invariants';
import { statesOf } from './support/machines';
import { recordOf } from './support/snapshot';
import { approveIfAsked, beginDeployment, optionsFor, untilAllEnded, untilIn } from './support/scenes';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(60_000);

const { tasks, waiting } = statesOf('deploy');
/** States that differ from those of deploy-and-snapshot: a builder does the work, and no instance is in standby. */
const golden = ['LaunchBuilder', 'Provision', 'BakeImage', 'TerminateBuilder', 'Rollout', 'Observe'];
const builders = ['LaunchBuilder', 'TerminateBuilder'];
const cases = [
  ...tasks
    .filter((state) => !builders.includes(state))
    .map((state) => ({ state, strategy: 'deploy-and-snapshot' })),
  ...golden.map((state) => ({ state, strategy: 'golden-instance' })),
];
const compensation = ['Undo', 'Restore', 'CleanUp', 'Close'];
/** A deployment past its point of no return ends by itself, and is rolled back then. */
const past = ['Complete', 'Unlock'];

/** Before the lock is taken, and after the last of the compensation. */
const outside = /^(Accept|Lock|Restore|CleanUp|Close|Unlock)$/;

const maxOverheadMs = 10_000;

const overheadOf = (stack: TestStack, arn: string): number => {
  const { startedAt, stoppedAt = 0 } = stack.region.service('states').state.executions[arn] ?? {
    startedAt: 0,
  };
  return overheadMs(startedAt, stoppedAt, stack.cloud.spans);
};

test.each(cases)(
  'A rollback while a $strategy deployment is in $state brings the good release to all instances',
  async ({ state, strategy }) => {
    const first = compensation.includes(state) ? ['SwapLaunchTemplate'] : [];
    const faults = failing('dies before its effect', first);
    const played = await beginDeployment(state, faults, { strategy, failing: first });
    const { stage: stack, watch } = played;
    if (state === 'RolloutRest') await approveIfAsked(played);
    expect(await untilIn(stack, played.arn, state)).toBe(true);
    if (waiting.includes(state)) await stack.cloud.advance(2_000);
    const before = refreshCalls(stack).length;
    const back = await stack.rollBack();
    // The row of a request that waited in vain goes at its next look.
    await untilAllEnded(stack);
    const record = await recordOf(stack);
    const rollback = await recordOf(stack, 'rollback-1');

    const beside = ['deployment-0', 'deployment-1', 'rollback-1'];
    expect(watch.strangers()).toEqual([]);
    if (record?.outcome !== 'Deployed') expect(await broken({ ...played, beside })).toEqual([]);
    if (back.outcome === 'Rejected') {
      // No deployment holds the lock (yet, or any more), and there is no release but the one that serves.
      expect([state, rollback?.failure?.error]).toEqual([expect.stringMatching(outside), 'NoGoodRelease']);
      expect(software(stack)).toEqual([record?.outcome === 'Deployed' ? 'v2' : 'v1']);
      expect(record?.outcome).toBe(/^(Accept|Lock)$/.test(state) ? 'Deployed' : 'RolledBack');
      return;
    }
    expect([back.outcome, software(stack)]).toEqual(['RolledBack', ['v1']]);
    expect(past.includes(state) ? ['Deployed', 'RolledBack'] : ['RolledBack', 'Rejected']).toContain(
      record?.outcome,
    );
    const backwards = refreshCalls(stack)
      .slice(before)
      .filter((call) => /^(RollBack|Restore|Undo) (Start|Rollback)/.test(call));
    expect(backwards.length).toBeLessThanOrEqual(1);
    expect(overheadOf(stack, back.arn)).toBeLessThanOrEqual(maxOverheadMs);
    expect(await broken({ ...played, deployment: 'rollback-1', beside })).toEqual([]);
  },
);

test('Every task of the definition is tried', () => {
  expect([...new Set(cases.map(({ state }) => state))].sort()).toEqual([...tasks].sort());
});

test.each(['none', 'instance-refresh'])(
  'From an alarm to the refresh that brings the fleet back it takes ten seconds at most, after rollout %s',
  async (strategy) => {
    const { settings } = optionsFor('Rollout');
    const stack = await startTestStack({
      settings: { ...settings, rollout: { strategy, bakeMinutes: 5 }, rollback: { alarms: ['api-5xx'] } },
      cloud: { alarms: { 'api-5xx': {} } },
    });
    expect((await stack.deploy()).outcome).toBe('Deployed');
    await stack.cloud.advance(2 * minuteMs);
    const rangAt = stack.cloud.now();
    await ring(stack);
    await untilCall(
      stack,
      ({ caller, action }) => caller.endsWith('-RollBack') && action === 'StartInstanceRefresh',
    );
    expect(stack.cloud.now() - rangAt).toBeLessThanOrEqual(10_000);
    const [arn = ''] = await rollbacks(stack);
    expect((await stack.ended(arn)).outcome).toBe('RolledBack');
    expect(software(stack)).toEqual(['v1']);
    expect(overheadOf(stack, arn)).toBeLessThanOrEqual(maxOverheadMs);
  },
);
