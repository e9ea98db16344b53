import { lockKey } from '../engine/waiting/resourceKeys';
import type { Waker } from '../engine/waiting/waker';
import type { Core } from '../engine/core';
import type { DeploymentRecord } from '../engine/record';

export interface UnlockEvent {
  readonly deployment: string;
  readonly execution: string;
}

/**
 * Releases the fleet's lock, or hands it over to the rollback that halted the deployment; wakes the steps that wait for
 * it. Does nothing if neither this execution nor the record's own holds it.
 */
export const unlock = async (
  core: Core,
  wake: Waker,
  { deployment, execution }: UnlockEvent,
): Promise<{ released: boolean }> => {
  const record = await core.records.find(deployment);
  // A request that was rejected before its settings were known has no fleet, and so no lock.
  if (record?.group === undefined) return { released: false };
  const [released, wakeWaiting] = await Promise.all([
    letGo(core, record, execution),
    // A step that starts to wait only now finds the lock free at its first poll.
    wake.waitingFor(lockKey(record.group)),
    core.locks.leaveQueue(record.group, deployment),
  ]);
  if (released) await wakeWaiting();
  return { released };
};

const letGo = async (core: Core, record: DeploymentRecord, execution: string): Promise<boolean> => {
  if (record.handedTo) {
    const rollback = await core.records.find(record.handedTo.deployment);
    const act = rollback?.alarm === undefined ? 'rollback' : 'automatic rollback';
    if (await core.locks.handOver(record.group, record.handedTo, core.clock(), act)) return true;
  }
  const owners = [execution, record.execution, ...(record.holder ? [record.holder.owner] : [])];
  return core.locks.release(record.group, [...new Set(owners)]);
};
