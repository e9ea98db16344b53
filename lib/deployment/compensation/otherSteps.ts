import { waitingStates } from '../../engine/waiting/states';
import type { Waits } from '../../engine/waiting/waits';
import { waitKey } from '../../engine/waiting/waits';

const compensating: ReadonlySet<string> = new Set(['Undo', 'Restore']);

/**
 * Ends the waiting of the forward steps. A poll that is under way (its lease is held) is waited for, so that none of
 * its changes arrives later. The rows of all others are removed, so that they are not polled again.
 * @returns the seconds until the last poll is over at the latest; undefined if none is under way.
 */
export const endOtherWaits = async (
  waits: Waits,
  deployment: string,
  now: number,
): Promise<number | undefined> => {
  const states = waitingStates.filter((state) => !compensating.has(state));
  const rows = (await Promise.all(states.map((state) => waits.find(waitKey(deployment, state))))).filter(
    (row) => row !== undefined,
  );
  const held = rows.filter(({ leaseUntil }) => (leaseUntil ?? 0) > now);
  await Promise.all(rows.filter((row) => !held.includes(row)).map((row) => waits.close(row)));
  if (held.length === 0) return undefined;
  return Math.ceil((Math.max(...held.map(({ leaseUntil }) => leaseUntil ?? 0)) - now) / 1000);
};
