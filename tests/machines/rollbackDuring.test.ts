import { overheadMs } from '../../cli/demo/overhead';
import { minuteMs, refreshCalls, ring, rollbacks, software, untilCall } from './support/acts';
import { failing } from './support/failing';
import { broken } from './support/invariants';
import { statesOf } from './support/machines';
import { recordOf } from './support/picture';
import { approveIfAsked, beginDeployment, optionsFor, untilAllEnded, untilIn } from './support/scenes';
import { raise, type Stage } from './support/stage';

jest.setTimeout(60_000);

const { tasks, waiting } = statesOf('deploy');
/** States of a golden-instance deployment that are not as those of deploy-and-snapshot: a builder is at work, nobody is aside. */
const golden = ['LaunchBuilder', 'Provision', 'BakeImage', 'TerminateBuilder', 'Rollout', 'Observe'];
const builders = ['LaunchBuilder', 'TerminateBuilder'];
const cases = [
  ...tasks
    .filter((state) => !builders.includes(state))
    .map((state) => ({ state, strategy: 'deploy-and-snapshot' })),
  ...golden.map((state) => ({ state, strategy: 'golden-instance' })),
];
const compensation = ['Undo', 'Restore', 'CleanUp', 'Close'];
/** Past its point of no return a deployment ends by itself, and is rolled back then. */
const past = ['Complete', 'Unlock'];

/** Before the lock is taken, and after the last of the compensation. */
const outside = /^(Accept|Lock|Restore|CleanUp|Close|Unlock)$/;

const mostOverheadMs = 10_000;

const overheadOf = (stage: Stage, arn: string): number => {
  const { startedAt, stoppedAt = 0 } = stage.region.service('states').state.executions[arn] ?? {
    startedAt: 0,
  };
  return overheadMs(startedAt, stoppedAt, stage.cloud.spans);
};

test.each(cases)(
  'a rollback while a $strategy deployment is in $state: the good release everywhere',
  async ({ state, strategy }) => {
    const first = compensation.includes(state) ? ['SwapLaunchTemplate'] : [];
    const faults = failing('dies before its effect', first);
    const played = await beginDeployment(state, faults, { strategy, failing: first });
    const { stage, watch } = played;
    if (state === 'RolloutRest') await approveIfAsked(played);
    expect(await untilIn(stage, played.arn, state)).toBe(true);
    if (waiting.includes(state)) await stage.cloud.advance(2_000);
    const before = refreshCalls(stage).length;
    const back = await stage.rollBack();
    await untilAllEnded(stage, minuteMs);
    const record = await recordOf(stage);
    const rollback = await recordOf(stage, 'rollback-1');

    const beside = ['deployment-0', 'deployment-1', 'rollback-1'];
    expect(watch.strangers()).toEqual([]);
    if (record?.outcome !== 'Deployed') expect(await broken({ ...played, beside })).toEqual([]);
    if (back.outcome === 'Rejected') {
      // No deployment holds the lock (yet, or any more), and there is no release but the one that serves.
      expect([state, rollback?.failure?.error]).toEqual([expect.stringMatching(outside), 'NoGoodRelease']);
      expect(software(stage)).toEqual([record?.outcome === 'Deployed' ? 'v2' : 'v1']);
      expect(record?.outcome).toBe(/^(Accept|Lock)$/.test(state) ? 'Deployed' : 'RolledBack');
      return;
    }
    expect([back.outcome, software(stage)]).toEqual(['RolledBack', ['v1']]);
    expect(past.includes(state) ? ['Deployed', 'RolledBack'] : ['RolledBack', 'Rejected']).toContain(
      record?.outcome,
    );
    const backwards = refreshCalls(stage)
      .slice(before)
      .filter((call) => /^(RollBack|Restore|Undo) (Start|Rollback)/.test(call));
    expect(backwards.length).toBeLessThanOrEqual(1);
    expect(overheadOf(stage, back.arn)).toBeLessThanOrEqual(mostOverheadMs);
    expect(await broken({ ...played, deployment: 'rollback-1', beside })).toEqual([]);
  },
);

test('every task of the definition is tried', () => {
  expect([...new Set(cases.map(({ state }) => state))].sort()).toEqual([...tasks].sort());
});

test.each(['none', 'instance-refresh'])(
  'from an alarm to the refresh that brings the fleet back: ten seconds at most, after rollout %s',
  async (strategy) => {
    const { settings } = optionsFor('Rollout');
    const stage = await raise({
      settings: { ...settings, rollout: { strategy, bakeMinutes: 5 }, rollback: { alarms: ['api-5xx'] } },
      cloud: { alarms: { 'api-5xx': {} } },
    });
    expect((await stage.deploy()).outcome).toBe('Deployed');
    await stage.cloud.advance(2 * minuteMs);
    const rangAt = stage.cloud.now();
    await ring(stage);
    await untilCall(
      stage,
      ({ caller, action }) => caller.endsWith('-RollBack') && action === 'StartInstanceRefresh',
    );
    expect(stage.cloud.now() - rangAt).toBeLessThanOrEqual(10_000);
    const [arn = ''] = await rollbacks(stage);
    expect((await stage.ended(arn)).outcome).toBe('RolledBack');
    expect(software(stage)).toEqual(['v1']);
    expect(overheadOf(stage, arn)).toBeLessThanOrEqual(mostOverheadMs);
  },
);
