import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from '../../aws/environment';
import { sendPoll } from './poll';
import { waitingStates } from './states';
import { makeWaits, type Pointer, waitKey } from './waits';

/** Lets parked steps look at once, since what they go by was changed. A nudge that is lost costs one look's delay. */
export interface Waker {
  /** Those of a deployment. */
  readonly deployment: (deployment: string) => Promise<void>;
  /** Those that wait for a thing, as they stand now: to be called when it has changed. */
  readonly waitingFor: (resourceKey: string) => Promise<() => Promise<void>>;
}

type Row = Pick<Pointer, 'step' | 'functionName'>;

export const makeWaker = (
  environment: Pick<Environment, 'tables' | 'waitingQueueUrl'>,
  dynamodb: DynamoDBClient,
  sqs: SQSClient,
): Waker => {
  const waits = makeWaits(environment, dynamodb);
  // By a message that is no scheduled look, so that none of the parked ones replaces it.
  const lookAt = async (rows: readonly Row[]): Promise<void> => {
    await Promise.all(rows.map((row) => sendPoll(sqs, environment.waitingQueueUrl, row, 0, { nudge: true })));
  };
  return {
    deployment: async (deployment) => {
      const rows = await Promise.all(waitingStates.map((state) => waits.find(waitKey(deployment, state))));
      await lookAt(rows.filter((row) => row !== undefined));
    },
    waitingFor: async (resourceKey) => {
      const rows = await waits.waitingFor(resourceKey);
      return () => lookAt(rows);
    },
  };
};
