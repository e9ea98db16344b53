import { readdirSync, readFileSync } from 'node:fs';
import { waitingStates, type WaitingState } from '../../lib/engine/waiting/states';
import { read, type State, statesOf } from './support/definition';

interface Shipped extends State {
  readonly Resource?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

const all = readdirSync('statemachines')
  .map((file) => file.replace(/\.yml$/, ''))
  .flatMap((machine) =>
    statesOf(read(machine)).map(([name, state]): { machine: string; name: string; state: Shipped } => ({
      machine,
      name,
      state,
    })),
  );
const nameOf = ({ machine, name }: { readonly machine: string; readonly name: string }) =>
  `${machine} ${name}`;

test('Each state that waits by its token is known to the sweep, which tells of it when it stands still', () => {
  const waiting = all.filter(({ state }) => state.Resource?.endsWith('.waitForTaskToken') === true);
  expect([...new Set(waiting.map(({ name }) => name))].sort()).toEqual([...waitingStates].sort());
});

/** What tells people the end of a wait when it begins. */
const planned: Readonly<Record<string, string>> = {
  'mend WaitOut': 'a minute: the longest function time-out',
  'replace WaitForHours': 'the message of the finding names the hours',
  'switchOff WaitForEnd': 'the message that it was turned on names its end',
  'switchOff WaitToReserve': 'some hours before a warm-up, which its message names',
};

test('Each planned wait says its end when it begins', () => {
  const waits = all.filter(({ state }) => state.Type === 'Wait').map(nameOf);
  expect(waits.sort()).toEqual(Object.keys(planned).sort());
});

/** Tasks without a record, or without one that is open: who tells that they are tried for long. */
const tellers: Readonly<Record<string, string>> = {
  'replace ReplaceInstance': 'the message of the finding names the hours in which it is tried',
  'replace AwaitServing': 'lib/replacement/awaitServing.ts',
  'replace CloseReplacement': 'its tries are over within minutes, but for a topic that does not answer',
  'switchOff ReserveCapacity': 'lib/switches/prewarm/reserveCapacity.ts',
  'switchOff CloseAccess': 'lib/switches/sweepSwitches.ts',
  'switchOff EndMaintenance': 'lib/switches/sweepSwitches.ts',
  'switchOff EndPrewarm': 'lib/switches/sweepSwitches.ts',
};

test('Each task belongs to a record, whose steps the sweep looks at, or somebody else tells of it', () => {
  const others = all.filter(
    ({ machine, state }) => state.Type === 'Task' && !['deploy', 'rollback', 'mend'].includes(machine),
  );
  expect(others.map(nameOf).sort()).toEqual(Object.keys(tellers).sort());
});

/** Where each waiting state says what keeps it: AWS's own words, another deployment, or the end of a planned wait. */
const reasons: Readonly<Record<WaitingState, readonly string[]>> = {
  Queue: ['lib/deployment/queue.ts'],
  Settle: ['lib/deployment/preflight/settle.ts'],
  Suspend: ['lib/fleet/processes.ts'],
  Provision: ['lib/provisioning/provision.ts'],
  TakeOut: ['lib/image/takeOut.ts', 'lib/image/seal.ts'],
  BakeImage: ['lib/image/bakeImage.ts', 'lib/image/seal.ts'],
  PutBack: ['lib/image/putBack.ts', 'lib/image/seal.ts'],
  LaunchBuilder: ['lib/provisioning/builder.ts'],
  VerifyImage: ['lib/image/verifyImage.ts'],
  Rollout: ['lib/rollout/surge.ts', 'lib/rollout/followRefresh.ts', 'lib/rollout/futureOnly.ts'],
  RolloutRest: ['lib/rollout/followRefresh.ts'],
  Approval: ['lib/rollout/approval.ts'],
  Observe: ['lib/rollout/observe.ts'],
  Halt: ['lib/rollback/haltAndLock.ts'],
  RollBack: ['lib/rollout/surge.ts', 'lib/rollout/followRefresh.ts', 'lib/rollout/replaceOld.ts'],
  Undo: ['lib/deployment/compensation/whileUndoing.ts'],
  Restore: ['lib/deployment/compensation/bringBack.ts', 'lib/rollout/followRefresh.ts'],
};

test.each(Object.entries(reasons))('%s says what keeps it, or until when it waits as planned', (_, files) => {
  for (const file of files) expect(readFileSync(file, 'utf8')).toMatch(/\bwhy\b ?[:,}]|\buntil\b ?[:,]/);
});

test('No end has a time-out as its only reason: each failure gives the cause that was decided', () => {
  const ends = all.filter(({ state }) => state.Type === 'Fail');
  expect(ends.length).toBeGreaterThan(8);
  for (const { machine, name, state } of ends)
    // The page about a switch that stays on says what its removal failed with.
    expect([machine, name, state.CausePath !== undefined || name === 'NotEnded']).toEqual([
      machine,
      name,
      true,
    ]);
});
