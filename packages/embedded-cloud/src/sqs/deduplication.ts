/** Developer guide, "Exactly-once processing": a FIFO queue accepts no deduplication id twice within five minutes. */
import { createHash } from 'node:crypto';
import { AwsError } from '../core/errors';
import { indexOf } from './queueIndex';
import type { Sent } from './sending';
import { deduplicationMs, type Queue } from './state';

interface Given {
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly delaySeconds?: number;
}

/** A message's deduplication id and key, or `sent` if it was sent before. */
type Identity = { readonly deduplicationId?: string; readonly key?: string } | { readonly sent: Sent };

/** The id from the body alone, without attributes. */
export const contentId = (body: string): string => createHash('sha256').update(body).digest('hex');

const invalid = (message: string) => new AwsError('InvalidParameterValue', message, { statusCode: 400 });

const idPattern = /^[a-zA-Z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

const checkIds = (queue: Queue, given: Given): void => {
  const ids = { MessageGroupId: given.groupId, MessageDeduplicationId: given.deduplicationId };
  for (const [name, value] of Object.entries(ids))
    if (value !== undefined && !idPattern.test(value))
      throw invalid(
        `Value ${value} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and ` +
          'punctuation characters. 1 to 128 in length.',
      );
  if (!queue.fifo) {
    if (given.deduplicationId === undefined) return;
    throw invalid(
      `Value ${given.deduplicationId} for parameter MessageDeduplicationId is invalid. ` +
        'Reason: The request includes a parameter that is not valid for this queue type.',
    );
  }
  if (given.groupId === undefined)
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  if ((given.delaySeconds ?? 0) !== 0)
    throw invalid(
      `Value ${String(given.delaySeconds)} for parameter DelaySeconds is invalid. ` +
        'Reason: The request include parameter that is not valid for this queue type.',
    );
};

/**
 * A message's identity in its queue, or the response of its first delivery if it is a double.
 * @throws AwsError MissingParameter or InvalidParameterValue, depending on the queue's type
 */
export const seenBefore = (queue: Queue, body: string, given: Given, now: number): Identity => {
  checkIds(queue, given);
  const { fifo } = queue;
  if (!fifo) return {};
  const deduplicationId =
    given.deduplicationId ?? (fifo.contentBasedDeduplication ? contentId(body) : undefined);
  if (deduplicationId === undefined)
    throw invalid(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  const key =
    fifo.deduplicationScope === 'messageGroup'
      ? JSON.stringify([given.groupId, deduplicationId])
      : deduplicationId;
  const seen = indexOf(queue, now).recent.get(key);
  if (!seen || seen.until <= now) return { deduplicationId, key };
  return { sent: { id: seen.messageId, sequenceNumber: seen.sequenceNumber } };
};

/** Expired ids are dropped only once there are more than this many. */
const dropAtOnce = 500;

export const rememberSent = (queue: Queue, identity: Identity, sent: Sent, now: number): void => {
  if ('sent' in identity || identity.key === undefined) return;
  const { recent: index } = indexOf(queue, now);
  const list = (queue.recent ??= []);
  const { id: messageId, sequenceNumber = '' } = sent;
  const added = { key: identity.key, messageId, sequenceNumber, until: now + deduplicationMs };
  list.push(added);
  index.set(added.key, added);
  if ((list[dropAtOnce]?.until ?? Infinity) > now) return;
  const kept = list.findIndex(({ until }) => until > now);
  for (const old of list.splice(0, kept)) if (index.get(old.key) === old) index.delete(old.key);
};
