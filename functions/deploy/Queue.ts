import { production, type World } from '../../lib/aws/production';
import { type QueueMemo, waitInQueue } from '../../lib/deployment/queue';
import { connectChannels } from '../../lib/reporting/channels';
import { makeWaker } from '../../lib/engine/waiting/waker';
import { waitingParts } from '../../lib/engine/waiting/waitingParts';
import { waitingStep } from '../../lib/engine/waiting/waitingStep';

/** Waits for the lock, if the settings let requests wait; only the newest request waits. */
export const make = (world: World) => {
  const { core, clients } = waitingParts(world);
  const tools = {
    sfn: clients.sfn,
    wake: makeWaker(world.environment, clients.dynamodb, clients.sqs).deployment,
    channels: connectChannels(world.environment.region),
  };
  return waitingStep<QueueMemo>(
    core,
    clients,
    'Queue',
    (context, memo, save) => waitInQueue(context, tools, memo, save),
    { lockless: true },
  );
};

export const handler = make(production(process.env));
