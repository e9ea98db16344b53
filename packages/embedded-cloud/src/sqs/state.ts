import type { Statement } from '../iam/statement';

/** A message; times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  /** Its place in the queue: messages are kept in this order. */
  readonly order: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Who sent it: a role's or user's ARN, or a service. */
  readonly senderId: string;
  /** Retention counts from here; in the dead-letter queue of a standard queue too. */
  readonly sentAt: number;
  /** FIFO queues; and, as a fair queue's tenant, standard ones. */
  readonly groupId?: string;
  /** FIFO queues. */
  readonly deduplicationId?: string;
  /** Twenty digits, growing within the queue. FIFO queues. */
  readonly sequenceNumber?: string;
  /** The queue that gave it up, in a dead-letter queue. */
  readonly deadLetterSourceArn?: string;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receivedAt?: number;
  /** Oldest first. Earlier ones still delete on AWS, and here, but for FIFO queues. */
  receiptHandles: string[];
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** What makes a queue FIFO. */
export interface Fifo {
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly throughputLimit: 'perQueue' | 'perMessageGroupId';
}

/** A deduplication id that was seen less than five minutes ago. */
export interface Recent {
  /** The id, with the group's where deduplication is by group. */
  readonly key: string;
  readonly messageId: string;
  readonly sequenceNumber: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly createdAt: number;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly maximumMessageBytes: number;
  /** How long ReceiveMessage waits unless it says otherwise. */
  readonly waitSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  readonly fifo?: Fifo;
  /** The queue's own policy. */
  policy: Statement[];
  /** In their order. Changed through src/sqs/messages.ts only, which keeps an index of them. */
  messages: Message[];
  /** The last order that was given to a message. */
  lastOrder?: number;
  /** Oldest first. */
  recent?: Recent[];
  purgedAt?: number;
}

/** A function that a queue's messages go to. */
export interface Mapping {
  readonly id: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly roleArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency: number;
  readonly enabled: boolean;
  /** Epoch milliseconds of the last change. */
  readonly modifiedAt?: number;
  /** Epoch milliseconds since when it is being enabled or disabled; polling has changed already. */
  readonly switchedAt?: number;
}

/** A task of StartMessageMoveTask. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  /** Unless given, each message goes back to the queue that gave it up. */
  readonly destinationArn?: string;
  readonly perSecond?: number;
  readonly startedAt: number;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason?: string;
}

export interface SqsState {
  /** By name. */
  readonly queues: Record<string, Queue>;
  /** By id. */
  readonly mappings: Record<string, Mapping>;
  /** When each mapping polls next: epoch milliseconds by its id. */
  polls?: Record<string, number>;
  /** Newest first. */
  moves?: MoveTask[];
}

export const emptySqs = (): SqsState => ({ queues: {}, mappings: {}, polls: {}, moves: [] });

/** Bytes of body, attributes included: 1 MiB since August 2025. */
export const messageLimitBytes = 1_048_576;
export const maxVisibilitySeconds = 43_200;
export const maxDelaySeconds = 900;
export const maxWaitSeconds = 20;
/** "Amazon SQS quotas": in flight at most so many, of a standard queue and, since November 2024, of a FIFO queue. */
export const inFlightLimit = 120_000;
/** A FIFO queue looks for free message groups among its first so many messages. */
export const fifoScanLimit = 120_000;
export const deduplicationMs = 300_000;
