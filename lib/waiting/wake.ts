import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { thingOf } from './things';
import type { Pointer, Wait, Waits } from './waits';

export interface WakeTools {
  readonly waits: Waits;
  readonly lambda: LambdaClient;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** SQS counts delays in whole seconds, and may be a little early. */
const earlyMs = 1_000;

/**
 * Wakes what the message is about: a look message names its step, an event its thing.
 * A look message that a later one has replaced wakes nobody, so that each parked step has one chain of looks.
 */
export const wake = async (body: string, { waits, lambda, clock }: WakeTools): Promise<void> => {
  const message = JSON.parse(body) as { look?: string } & Parameters<typeof thingOf>[0];
  const thing = message.look ?? thingOf(message);
  if (thing === undefined) return;
  const rows = (await waits.waitingFor(thing)).filter((row) => !isEarly(row, clock()));
  await Promise.all(
    rows.map((row) =>
      lambda.send(
        new InvokeCommand({
          FunctionName: row.functionName,
          InvocationType: 'Event',
          Payload: new TextEncoder().encode(JSON.stringify({ look: row.step })),
        }),
      ),
    ),
  );
};

const isEarly = (row: Wait | Pointer, now: number): boolean => 'token' in row && row.lookAt > now + earlyMs;
