import type { StepContext } from '../../engine/context';
import type { Progress } from '../../engine/waiting/waitingStep';
import { gatherMoving } from './gatherMoving';
import type { CheckClients } from './clients';
import { preflight } from './preflight';

/** What Settle remembers between two polls. */
export interface SettleMemo extends Record<string, unknown> {
  /** Epoch milliseconds. */
  readonly since: number;
  /** Ids of what was on its way when it began. */
  readonly ids: readonly string[];
}

/** Afterwards the fleet is judged as it is then. In milliseconds. */
const patienceMs = 15 * 60_000;

/**
 * Waits for what Preflight found on its way, and then makes its checks. What starts to move later is not waited for: a
 * fleet that scales all the time would never be settled.
 * @throws PreflightFailed
 */
export const settle = async (
  context: StepContext,
  memo: Partial<SettleMemo>,
  save: (memo: Partial<SettleMemo>) => Promise<void>,
  clients: CheckClients,
): Promise<Progress> => {
  const now = context.core.clock();
  const found = await gatherMoving(context, clients);
  const { since = now, ids = found.map(({ id }) => id) } = memo;
  if (memo.since === undefined) await save({ since, ids });
  const moving = found.filter(({ id }) => ids.includes(id));
  if (moving.length === 0 || now - since >= patienceMs)
    return { over: await preflight(context, clients, true) };
  return {
    waitFor: moving.flatMap(({ resourceKey }) => resourceKey ?? []),
    // No event reports an agent or a target, so the interval grows with the time that they take.
    expectedSeconds: Math.max(5, (now - since) / 5_000),
    progress: `${moving
      .slice(0, 3)
      .map(({ what }) => what)
      .join(', ')}${moving.length > 3 ? ` and ${String(moving.length - 3)} more` : ''}`,
    until: since + patienceMs,
  };
};
