import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Environment } from '../../aws/environment';
import { sendPoll } from './poll';
import { waitingStates } from './states';
import { makeWaits, type Pointer, waitKey } from './waits';

/**
 * Makes parked steps poll at once, after something that they depend on was changed. If a wake is lost, the step polls
 * at its next due time.
 */
export interface Waker {
  /** The steps of a deployment. */
  readonly deployment: (deployment: string) => Promise<void>;
  /** The steps that wait for a resource, as registered now. Call the returned function when the resource has changed. */
  readonly waitingFor: (resourceKey: string) => Promise<() => Promise<void>>;
}

type Row = Pick<Pointer, 'step' | 'functionName'>;

export const makeWaker = (
  environment: Pick<Environment, 'tables' | 'waitingQueueUrl'>,
  dynamodb: DynamoDBClient,
  sqs: SQSClient,
): Waker => {
  const waits = makeWaits(environment, dynamodb);
  // The message is no scheduled poll, so a step does not ignore it because its next poll is due later.
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
