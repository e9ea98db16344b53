import { production, type World } from '../../lib/aws/production';
import { haltAndLock } from '../../lib/rollback/haltAndLock';
import { makeWaker } from '../../lib/engine/waiting/waker';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Halts the running deployment, and takes over its lock. */
export const make = (world: World) => {
  const { core, clients } = waitingParts(world);
  const tools = {
    sfn: clients.sfn,
    wake: makeWaker(world.environment, clients.dynamodb, clients.sqs).deployment,
  };
  return waitingStep(core, clients, 'Halt', (context) => haltAndLock(context, tools), { lockless: true });
};

export const handler = make(production(process.env));
