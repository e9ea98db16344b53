import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isPassing } from '../engine/passing';
import type { End, RecordKind } from '../engine/outcome';
import { messageBody } from '../aws/messageBody';

/**
 * A tag's request whose deployment could not even be judged, since AWS could not be asked. It goes back to the requests
 * queue, and the intake starts it anew: who pushed a tag does not wait at a terminal to start it again.
 */
export interface KeptRequest {
  /** The execution that gave up, by which the next one is named. */
  readonly after: string;
  /** What the machine was given. */
  readonly input: { readonly application: string; readonly version: string; readonly requestKey: string };
}

/** A quarter of an hour, the longest delay of SQS. */
export const keptDelaySeconds = 900;
/** A tag that was pushed longer ago is not brought to the fleet any more without a person. */
const keptForMs = 24 * 3_600_000;

/** The machine's input of a tag. A plain check: what Close loads must not carry the schemas' engine. */
const isOfTag = (input: unknown): input is KeptRequest['input'] & { readonly pushedAt: number } => {
  if (typeof input !== 'object' || input === null) return false;
  const { application, version, requestKey, pushedAt } = input as Record<string, unknown>;
  return (
    [application, version, requestKey].every((value) => typeof value === 'string') &&
    typeof pushedAt === 'number'
  );
};

export interface GivenUp {
  readonly deployment: string;
  readonly kind: RecordKind;
  readonly input: unknown;
  readonly end: Pick<End, 'outcome' | 'error'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** @returns the request to keep; undefined where a check failed, something was touched, or a person asked. */
export const requestToKeep = ({ deployment, kind, input, end, now }: GivenUp): KeptRequest | undefined => {
  if (kind !== 'deployment' || end.outcome !== 'Rejected' || !isPassing(end.error)) return undefined;
  if (!isOfTag(input) || now - input.pushedAt > keptForMs) return undefined;
  return { after: deployment, input };
};

/** What functions/deploy/Close.yml sets for this function. @throws Error where it is missing. */
export const readRequestsQueueUrl = (from: Readonly<Record<string, string | undefined>>): string => {
  const { REQUESTS_QUEUE_URL: url = '' } = from;
  if (url === '')
    throw new Error('The environment lacks REQUESTS_QUEUE_URL: deploy the stack from serverless.yml.');
  return url;
};

/** The `source` of a message with a kept request. */
export const keptSource = 'forseti.requests';

/** Puts the request back on the queue. */
export const keepRequest = async (
  { sqs, queueUrl }: { readonly sqs: SQSClient; readonly queueUrl: string },
  kept: KeptRequest,
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: messageBody({ source: keptSource, 'detail-type': 'Request Kept', detail: kept }),
      DelaySeconds: keptDelaySeconds,
    }),
  );
};
