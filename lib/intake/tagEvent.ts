import * as z from 'zod';
import { messageBody } from '../aws/messageBody';

/** A tag that was pushed, in the form that is common to all sources. */
export interface PushedTag {
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
  readonly pushedBy?: string;
  /** The source reports that the tag named another commit before. */
  readonly moved?: true;
  /** Epoch milliseconds, by the event's own time. */
  readonly pushedAt: number;
  /** Epoch milliseconds at which it arrived at the webhook, where that says so. Events have their time in seconds. */
  readonly arrivedAt?: number;
}

const envelope = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.iso.datetime({ offset: true }),
});

/** Who pushed it. A CI that does not know may send an empty text. */
const pushedBy = z
  .string()
  .transform((name) => (name.trim() === '' ? undefined : name))
  .optional();

/** When it was received, to the millisecond. What is no instant is left out: it only breaks a tie. */
const receivedAt = z
  .string()
  .transform((text) => Date.parse(text))
  .transform((at) => (Number.isNaN(at) ? undefined : at))
  .optional();

/** `Git Tag Pushed`, put on the bus by any CI. */
const gitTagPushed = envelope.extend({
  source: z.literal('forseti.ci'),
  detail: z.object({
    repository: z.string().min(1),
    tag: z.string().min(1),
    commit: z.string().min(1),
    pushedBy,
    receivedAt,
  }),
});

/** CodeCommit's own event of a new or a moved tag; `commitId` names the commit. */
const codeCommit = envelope.extend({
  source: z.literal('aws.codecommit'),
  detail: z.object({
    event: z.enum(['referenceCreated', 'referenceUpdated']),
    referenceType: z.literal('tag'),
    referenceName: z.string().min(1),
    repositoryName: z.string().min(1),
    commitId: z.string().min(1),
    callerUserArn: pushedBy,
    receivedAt,
  }),
});

const event = z.union([
  gitTagPushed.transform(({ detail, time }): PushedTag => ({
    repository: detail.repository,
    tag: detail.tag,
    commit: detail.commit,
    ...(detail.pushedBy !== undefined && { pushedBy: detail.pushedBy }),
    ...(detail.receivedAt !== undefined && { arrivedAt: detail.receivedAt }),
    pushedAt: Date.parse(time),
  })),
  codeCommit.transform(({ detail, time }): PushedTag => ({
    repository: detail.repositoryName,
    tag: detail.referenceName,
    commit: detail.commitId,
    ...(detail.callerUserArn !== undefined && { pushedBy: detail.callerUserArn }),
    ...(detail.event === 'referenceUpdated' && { moved: true }),
    ...(detail.receivedAt !== undefined && { arrivedAt: detail.receivedAt }),
    pushedAt: Date.parse(time),
  })),
]);

/** @throws ZodError for any other event: the message goes to the dead-letter queue. */
export const parseTagEvent = (body: string): PushedTag => event.parse(JSON.parse(body));

/**
 * The event as it goes back to the queue, with the time at which it first arrived: SQS gives the new message another.
 * @param arrivedAt epoch milliseconds
 */
export const withArrival = (body: string, arrivedAt: number): string => {
  const sent = JSON.parse(body) as { readonly detail?: { readonly receivedAt?: unknown } };
  if (sent.detail?.receivedAt !== undefined) return body;
  return messageBody({
    ...sent,
    detail: { ...sent.detail, receivedAt: new Date(arrivedAt).toISOString() },
  });
};
