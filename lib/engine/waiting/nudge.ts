import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from '../../aws/environment';
import { sendLook } from './look';
import { waitingStates } from './states';
import { makeWaits, type Pointer, waitThing } from './waits';

/** Lets parked steps look at once, since what they go by was changed. A nudge that is lost costs one look's delay. */
export interface Nudge {
  /** Those of a deployment. */
  readonly deployment: (deployment: string) => Promise<void>;
  /** Those that wait for a thing, as they stand now: to be called when it has changed. */
  readonly waitingFor: (thing: string) => Promise<() => Promise<void>>;
}

type Row = Pick<Pointer, 'step' | 'functionName'>;

export const makeNudge = (
  environment: Pick<Environment, 'tables' | 'waitingQueueUrl'>,
  dynamodb: DynamoDBClient,
  sqs: SQSClient,
): Nudge => {
  const waits = makeWaits(environment, dynamodb);
  // By a message that is no scheduled look, so that none of the parked ones replaces it.
  const lookAt = async (rows: readonly Row[]): Promise<void> => {
    await Promise.all(rows.map((row) => sendLook(sqs, environment.waitingQueueUrl, row, 0, { nudge: true })));
  };
  return {
    deployment: async (deployment) => {
      const rows = await Promise.all(waitingStates.map((state) => waits.find(waitThing(deployment, state))));
      await lookAt(rows.filter((row) => row !== undefined));
    },
    waitingFor: async (thing) => {
      const rows = await waits.waitingFor(thing);
      return () => lookAt(rows);
    },
  };
};
