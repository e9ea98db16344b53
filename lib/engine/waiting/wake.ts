import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { thingOf } from './things';
import type { LookMessage } from './look';
import type { WaitingLook } from './waitingStep';
import type { Waits } from './waits';

export interface WakeTools {
  readonly waits: Waits;
  readonly lambda: LambdaClient;
}

/**
 * Wakes what the message is about: a look message names its step (which passes it over where a later one has replaced
 * it), an event its thing.
 */
export const wake = async (body: string, { waits, lambda }: WakeTools): Promise<void> => {
  const message = JSON.parse(body) as Partial<LookMessage> & Parameters<typeof thingOf>[0];
  const { look, functionName, nudge } = message;
  if (look !== undefined && functionName !== undefined)
    return invoke(lambda, functionName, { look, ...(!nudge && { scheduled: true }) });
  const thing = thingOf(message);
  if (thing === undefined) return;
  const pointers = await waits.waitingFor(thing);
  await Promise.all(pointers.map((row) => invoke(lambda, row.functionName, { look: row.step })));
};

const invoke = async (lambda: LambdaClient, FunctionName: string, event: WaitingLook): Promise<void> => {
  await lambda.send(
    new InvokeCommand({
      FunctionName,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    }),
  );
};
