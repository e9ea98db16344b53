import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { AwsError } from '../../core/errors';
import type { Region, Requirement } from '../../core/service';
import type { LongPolls } from '../longPolls';
import type { addMessage } from '../messages';
import type { QueueOptions } from '../queues';
import type { SendOptions, Sent } from '../sending';
import type { Message, Queue, SqsState } from '../state';

/** What the actions need from the service; see `SqsService`. */
export interface Sqs {
  readonly state: SqsState;
  readonly longPolls: LongPolls;
  queue(nameOrArn: string): Queue | undefined;
  createQueue(options: QueueOptions): string;
  accept(queue: Queue, body: string, options: SendOptions): Sent;
  put(queue: Queue, message: Parameters<typeof addMessage>[1]): Message;
  wake(queue: Queue, delayMs: number): void;
  wakeForNext(queue: Queue): void;
}

const nameIn = (url: string | undefined): string => url?.slice(url.lastIndexOf('/') + 1) ?? '';

/** @throws AwsError QueueDoesNotExist */
export const findQueue = (sqs: Pick<Sqs, 'state'>, url: string | undefined): Queue => {
  const queue = sqs.state.queues[nameIn(url)];
  if (queue) return queue;
  throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', { statusCode: 400 });
};

export const needs =
  (action: string) =>
  ({ QueueUrl }: { QueueUrl: string | undefined }, region: Region): readonly Requirement[] => [
    { action: `sqs:${action}`, resource: region.arn('sqs', nameIn(QueueUrl)) },
  ];

/** @throws AwsError if a batch is empty, has more than ten entries or repeats an id */
export const checkBatch = (entries: readonly { readonly Id?: string | undefined }[] | undefined): void => {
  const refuse = (code: string, message: string) => {
    throw new AwsError(code, message, { statusCode: 400 });
  };
  if (!entries || entries.length === 0) {
    refuse('EmptyBatchRequest', 'There should be at least one entry in the request.');
  } else if (entries.length > 10) {
    refuse(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${String(entries.length)}.`,
    );
  } else if (entries.some(({ Id }) => !/^[\w-]{1,80}$/.test(Id ?? ''))) {
    refuse(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  } else if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    refuse('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
};

/** Handles each entry of a batch. A refused entry is reported, and the others are still handled. */
export const eachEntry = <Entry extends { readonly Id?: string | undefined }, Done>(
  entries: readonly Entry[] | undefined,
  work: (entry: Entry) => Done,
): { Successful: (Done & { Id: string })[]; Failed: BatchResultErrorEntry[] } => {
  checkBatch(entries);
  const Successful: (Done & { Id: string })[] = [];
  const Failed: BatchResultErrorEntry[] = [];
  for (const entry of entries ?? []) {
    const Id = entry.Id ?? '';
    try {
      Successful.push({ ...work(entry), Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
};
