import type { Message } from './state';

/** A message's parameters other than its body. */
export interface SendOptions {
  readonly delaySeconds?: number;
  readonly attributes?: Message['attributes'];
  readonly senderId?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** The response to a sent message. */
export interface Sent {
  readonly id: string;
  /** Only in FIFO queues. */
  readonly sequenceNumber?: string;
}
