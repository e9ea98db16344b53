import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import type { CloudState, Faults } from '@forseti/embedded-cloud';
import { minuteMs, software, untilState } from './support/acts';
import { both, failing, liftable } from './support/failing';
import { broken, snapshotBefore } from './support/invariants';
import { statesOf } from './support/machines';
import { recordOf } from './support/snapshot';
import {
  approveIfAsked,
  beginDeployment,
  beginRollback,
  isRunning,
  machineArn,
  type Played,
  savedFleets,
  untilAllEnded,
  untilIn,
  untilStarted,
} from './support/scenes';

jest.setTimeout(60_000);

const deploy = statesOf('deploy');
const rollback = statesOf('rollback');
const mend = statesOf('mend');

const dying = (...states: readonly string[]): Faults => failing('dies before its effect', states);
const isOfStates = ({ source }: { readonly source: string }): boolean => source === 'aws.states';
const losing: Faults = { event: (_, event) => (isOfStates(event) ? [] : undefined) };

/**
 * When Stop is pressed: as each state is entered, and for waiting states also some seconds later, with AWS's event
 * lost.
 */
const presses = ({ passed, waiting }: Pick<typeof deploy, 'passed' | 'waiting'>) => [
  ...passed.map((state) => ({ state, when: 'as it is entered', seconds: 0 })),
  ...waiting.map((state) => ({ state, when: 'ten seconds later, and the event is lost', seconds: 10 })),
];

/** States that have to fail first, so that an execution reaches the state. */
const earlier: Readonly<Record<string, readonly string[]>> = {
  Undo: ['Resume', 'RollBack'],
  Restore: ['Resume', 'RollBack'],
  Reached: ['RollBack'],
  CompleteRestored: ['RollBack'],
  CleanUp: ['Resume', 'RollBack'],
  Close: ['Resume', 'RollBack'],
  NotClosed: ['Resume', 'RollBack', 'Close'],
};

/** Presses Stop in a state. Whatever had to fail before works from then on. */
const stopIn = async (played: Played, state: string, seconds: number, lift: () => void): Promise<void> => {
  const { stage: stack, arn } = played;
  expect([state, await untilIn(stack, arn, state)]).toEqual([state, true]);
  if (seconds > 0) await stack.cloud.advance(seconds * 1000);
  lift();
  // A step that is over before that is stopped in the next one.
  if (isRunning(stack, arn)) await stack.stop(arn);
};

const mendsOf = (played: Played) =>
  played.stage.executionArns(machineArn(played.stage, 'mend')).then((arns) => arns.length);

describe('A stopped deployment', () => {
  test.each(presses(deploy))(
    'The deployment is repaired after a stop in $state, $when',
    async ({ state, seconds }) => {
      const failing = earlier[state] ?? [];
      const fault = liftable(dying(...failing));
      const faults = seconds > 0 ? both(fault.faults, losing) : fault.faults;
      const played = await beginDeployment(state, faults, { failing });
      const { stage: stack } = played;
      if (state === 'RolloutRest') await approveIfAsked(played);
      await stopIn(played, state, seconds, fault.lift);
      await untilAllEnded(stack);
      expect((await stack.ended(played.arn)).status).toBe('ABORTED');
      expect(await mendsOf(played)).toBeGreaterThan(0);
      const { told } = played.before;
      const before = state === 'Queue' ? { ...snapshotBefore(stack), told } : played.before;
      expect(await broken({ ...played, before })).toEqual([]);
      expect((await recordOf(stack))?.outcome).not.toBe('Dirty');
    },
  );
});

describe('A stopped rollback', () => {
  let fleets: { readonly good: CloudState; readonly bad: CloudState };
  beforeAll(async () => {
    fleets = await savedFleets();
  });

  /** Only a rollback away from a bad release passes these states when it fails. */
  const forward = ['Reached', 'CompleteRestored'];

  test.each(presses(rollback))(
    'The rollback is repaired after a stop in $state, $when',
    async ({ state, seconds }) => {
      const failing = earlier[state] ?? [];
      const fault = liftable(dying(...failing));
      const faults = seconds > 0 ? both(fault.faults, losing) : fault.faults;
      const fleet = fleets[forward.includes(state) ? 'bad' : 'good'];
      const played = await beginRollback(fleet, state, faults, failing);
      const { stage: stack } = played;
      await stopIn(played, state, seconds, fault.lift);
      await untilAllEnded(stack);
      expect(await broken(played)).toEqual([]);
      expect((await recordOf(stack, played.deployment))?.outcome).not.toBe('Dirty');
    },
  );

  test('The repair of a rollback away from a bad release comes to the good release', async () => {
    const played = await beginRollback(fleets.bad, 'RollBack');
    const { stage: stack } = played;
    await stopIn(played, 'RollBack', 60, () => undefined);
    await untilAllEnded(stack);
    expect(software(stack)).toEqual(['v1']);
    expect(await recordOf(stack, played.deployment)).toMatchObject({
      outcome: 'RolledBack',
      end: { error: 'None' },
    });
    expect(await broken(played)).toEqual([]);
  });

  test.each(mend.passed)('If the repair is stopped too, in %s, the sweep finishes it', async (state) => {
    const fault = liftable(dying(...(state === 'NotClosed' ? ['Close'] : [])));
    const fleet = fleets[forward.includes(state) ? 'bad' : 'good'];
    const played = await beginRollback(fleet, 'RollBack', fault.faults);
    const { stage: stack } = played;
    await stopIn(played, 'RollBack', 30, () => undefined);
    await stopIn({ ...played, arn: await untilStarted(stack, 'mend') }, state, 0, fault.lift);
    await untilAllEnded(stack);
    expect(await mendsOf(played)).toBeGreaterThan(['Unlock', 'Outcome'].includes(state) ? 0 : 1);
    expect(await broken(played)).toEqual([]);
  });
});

/** Steps by their functions, which have begun when Stop is pressed. */
const late = ['Suspend', 'Provision', 'TakeOut', 'BakeImage', 'SwapLaunchTemplate', 'SetScaling', 'Rollout'];

test.each(late)('What the function of %s does after the stop is repaired as well', async (state) => {
  const played = await beginDeployment(state);
  const { stage: stack, watch } = played;
  await untilState(stack, state);
  const pressedAt = stack.cloud.now();
  await stack.stop(played.arn);
  await untilAllEnded(stack);
  const landed = watch.changes.filter(({ at, caller }) => at > pressedAt && caller.endsWith(`-${state}`));
  expect(landed).not.toEqual([]);
  expect(await broken(played)).toEqual([]);
  expect(await recordOf(stack)).toMatchObject({ outcome: 'RolledBack' });
});

test('With the event lost, the sweep finds a stopped execution within five minutes', async () => {
  const played = await beginDeployment('SwapLaunchTemplate', losing);
  const { stage: stack } = played;
  await stopIn(played, 'SwapLaunchTemplate', 0, () => undefined);
  expect(await mendsOf(played)).toBe(0);
  await stack.cloud.advance(6 * minuteMs);
  expect(await mendsOf(played)).toBe(1);
  await untilAllEnded(stack);
  expect(await broken(played)).toEqual([]);
});

test('An event that comes twice, or late, has the execution repaired once', async () => {
  const copies: Faults = { event: (_, event) => (isOfStates(event) ? [0, 3_000, 600_000] : undefined) };
  const played = await beginDeployment('SwapLaunchTemplate', copies);
  const { stage: stack } = played;
  await stopIn(played, 'SwapLaunchTemplate', 0, () => undefined);
  await untilAllEnded(stack, 15 * minuteMs);
  const mends = await stack.executionArns(machineArn(stack, 'mend'));
  const paths = await Promise.all(mends.map((arn) => stack.ended(arn).then(({ path }) => path)));
  expect(paths.filter((path) => path.includes('Undo'))).toHaveLength(1);
  expect(await broken(played)).toEqual([]);
});

test('A redrive of a stopped and repaired execution wakes nothing: each step ends at once', async () => {
  const played = await beginDeployment('Provision');
  const { stage: stack, watch } = played;
  await stopIn(played, 'Provision', 5, () => undefined);
  await untilAllEnded(stack);
  const record = await recordOf(stack);
  const changes = watch.changes.length;
  await stack.sfn.send(new RedriveExecutionCommand({ executionArn: played.arn, clientToken: 'redrive-1' }));
  const ended = await stack.ended(played.arn);
  expect([ended.status, ended.outcome]).toEqual(['FAILED', 'RolledBack']);
  await untilAllEnded(stack);
  expect(watch.changes).toHaveLength(changes);
  expect({ ...(await recordOf(stack)), mendedBy: record?.mendedBy }).toEqual(record);
  expect(await broken(played)).toEqual([]);
});

test.each([1_000, 30_000, ...Array.from({ length: 12 }, (_, index) => 60_500 + index * 250)])(
  'A redrive %d ms after a stop, while the deployment is being repaired, leaves nothing behind',
  async (ms) => {
    // The step has not written its intent when it is stopped.
    const fault = liftable(dying('SwapLaunchTemplate'));
    const options = { strategy: 'golden-instance', failing: ['SwapLaunchTemplate'] };
    const played = await beginDeployment('SwapLaunchTemplate', fault.faults, options);
    const { stage: stack } = played;
    await stopIn(played, 'SwapLaunchTemplate', 1, fault.lift);
    await stack.cloud.advance(ms);
    await stack.sfn.send(new RedriveExecutionCommand({ executionArn: played.arn, clientToken: 'redrive-1' }));
    await untilAllEnded(stack);
    expect(await recordOf(stack)).toMatchObject({ outcome: 'RolledBack', end: { left: [] } });
    expect(await broken(played)).toEqual([]);
  },
);

test('The next repair waits until a stopped one has ended too, before it undoes', async () => {
  const played = await beginDeployment('Provision', losing);
  const { stage: stack } = played;
  await stopIn(played, 'Provision', 5, () => undefined);
  const mend = machineArn(stack, 'mend');
  const first = await stack.start({ execution: played.arn }, 'mend-1', mend);
  await untilState(stack, 'Undo');
  await stack.stop(first);
  const stoppedAt = stack.cloud.now();
  const second = await stack.start({ execution: played.arn }, 'mend-2', mend);
  expect((await stack.ended(second)).path).toContain('Undo');
  const looked = (await stack.history(second)).find(
    ({ stateEnteredEventDetails: entered }) => entered?.name === 'LookAgain',
  );
  expect((looked?.timestamp?.getTime() ?? 0) - stoppedAt).toBeGreaterThanOrEqual(60_000);
  await untilAllEnded(stack);
  expect(await broken(played)).toEqual([]);
});
