import type { Message } from './state';

/** How a message is sent, besides its body. */
export interface SendOptions {
  readonly delaySeconds?: number;
  readonly attributes?: Message['attributes'];
  readonly senderId?: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** What became of a message that was sent. */
export interface Sent {
  readonly id: string;
  /** FIFO queues. */
  readonly sequenceNumber?: string;
}
