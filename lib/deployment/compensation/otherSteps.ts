import { waitingStates } from '../../engine/waiting/states';
import type { Waits } from '../../engine/waiting/waits';
import { waitKey } from '../../engine/waiting/waits';

const compensating: ReadonlySet<string> = new Set(['Undo', 'Restore']);

/**
 * Ends the waiting of the forward steps: a look that is still under way (its lease is held) is waited for, so that
 * nothing of it lands behind our back; the rows of all others are removed, so that nobody looks again.
 * @returns in how many seconds the last look can be over; undefined where none is under way.
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
