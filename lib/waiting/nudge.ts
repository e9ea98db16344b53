import { waitingStates } from './states';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendLook } from './look';
import { type Pointer, type Waits, waitThing } from './waits';

export interface NudgeTools {
  readonly waits: Waits;
  readonly sqs: SQSClient;
  readonly waitingQueueUrl: string;
}

/** The parked steps of a deployment look at once: what they go by was changed. A nudge that is lost costs one look's delay. */
export const nudgeDeployment = async (tools: NudgeTools, deployment: string): Promise<void> => {
  const rows = await Promise.all(
    waitingStates.map((state) => tools.waits.find(waitThing(deployment, state))),
  );
  await nudgeSteps(
    tools,
    rows.filter((row) => row !== undefined),
  );
};

/** By a message that is no scheduled look, so that none of the parked ones replaces it. */
export const nudgeSteps = async (
  { sqs, waitingQueueUrl }: NudgeTools,
  rows: readonly Pick<Pointer, 'step' | 'functionName'>[],
): Promise<void> => {
  await Promise.all(rows.map((row) => sendLook(sqs, waitingQueueUrl, row, 0, { nudge: true })));
};
