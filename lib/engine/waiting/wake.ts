import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { resourceKeyOf } from './resourceKeys';
import type { PollMessage } from './poll';
import type { PollEvent } from './waitingStep';
import type { Waits } from './waits';

export interface WakeTools {
  readonly waits: Waits;
  readonly lambda: LambdaClient;
}

/**
 * Wakes the steps that a message is about. A poll message names its step, which ignores the message if a later one has
 * replaced it. An event names its resource.
 */
export const wake = async (body: string, { waits, lambda }: WakeTools): Promise<void> => {
  const message = JSON.parse(body) as Partial<PollMessage> & Parameters<typeof resourceKeyOf>[0];
  const { look, functionName, nudge: wake } = message;
  if (look !== undefined && functionName !== undefined)
    return invoke(lambda, functionName, { look, ...(!wake && { scheduled: true }) });
  const resourceKey = resourceKeyOf(message);
  if (resourceKey === undefined) return;
  const pointers = await waits.waitingFor(resourceKey);
  await Promise.all(pointers.map((row) => invoke(lambda, row.functionName, { look: row.step })));
};

const invoke = async (lambda: LambdaClient, FunctionName: string, event: PollEvent): Promise<void> => {
  await lambda.send(
    new InvokeCommand({
      FunctionName,
      InvocationType: 'Event',
      Payload: new TextEncoder().encode(JSON.stringify(event)),
    }),
  );
};
