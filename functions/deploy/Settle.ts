import { production, type World } from '../../lib/aws/production';
import { connectChecks } from '../../lib/deployment/preflight/clients';
import { settle, type SettleMemo } from '../../lib/deployment/preflight/settle';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Waits for what Preflight found on its way, then makes its checks. */
export const make = (world: World) => {
  const { core, clients, region } = waitingParts(world);
  const tools = connectChecks(region);
  return waitingStep<SettleMemo>(core, clients, 'Settle', (context, memo, save) =>
    settle(context, memo, save, tools),
  );
};

export const handler = make(production(process.env));
