import { createHash } from 'node:crypto';
import type { CreatedTag } from './verdict';

/** Where the message is put together. */
export interface MessagePlace {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** A UUID made of the delivery's key: a message that is sent again has the same id. */
const idOf = (deliveryKey: string): string => {
  const digits = createHash('sha256').update(deliveryKey).digest('hex');
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => digits.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
};

/**
 * The event `Git Tag Pushed` in the form that a rule of EventBridge puts on the requests queue
 * (events/git-tag-pushed.json): the intake reads one form only.
 * @param receivedAt epoch milliseconds; the event's time where the sender gives none, or one in the future
 */
export const tagMessage = (
  tag: CreatedTag,
  deliveryKey: string,
  receivedAt: number,
  { account, region }: MessagePlace,
): string => {
  const { repository, tag: name, commit, pushedBy, pushedAt = receivedAt } = tag;
  return JSON.stringify({
    version: '0',
    id: idOf(deliveryKey),
    'detail-type': 'Git Tag Pushed',
    source: 'forseti.ci',
    account,
    // EventBridge gives whole seconds.
    time: new Date(Math.min(pushedAt, receivedAt)).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [],
    detail: {
      repository,
      tag: name,
      commit,
      ...(pushedBy !== undefined && { pushedBy }),
      // Tells tags of one second apart.
      receivedAt: new Date(receivedAt).toISOString(),
    },
  });
};
