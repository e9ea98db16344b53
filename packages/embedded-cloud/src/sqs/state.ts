import type { Statement } from '../iam/statement';

/** A message; times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  /** Its position in the queue, which keeps messages in this order. */
  readonly order: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** The sender: ARN of a role or user, or a service. */
  readonly senderId: string;
  /** Retention starts here. The dead-letter queue of a standard queue keeps this time. */
  readonly sentAt: number;
  /** In FIFO queues, and in standard queues as the tenant of a fair queue. */
  readonly groupId?: string;
  /** Only in FIFO queues. */
  readonly deduplicationId?: string;
  /** Only in FIFO queues: twenty digits, growing within the queue. */
  readonly sequenceNumber?: string;
  /** In a dead-letter queue: the queue that the message was moved from. */
  readonly deadLetterSourceArn?: string;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receivedAt?: number;
  /** Oldest first. Earlier handles can still delete the message, as on AWS, except in FIFO queues. */
  receiptHandles: string[];
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** Settings of FIFO queues only. */
export interface Fifo {
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly throughputLimit: 'perQueue' | 'perMessageGroupId';
}

/** A deduplication id that was seen less than five minutes ago. */
export interface Recent {
  /** The id, preceded by the group's id if deduplication is by group. */
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
  /** How long ReceiveMessage waits if the call does not say. */
  readonly waitSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  readonly fifo?: Fifo;
  /** The queue's own policy. */
  policy: Statement[];
  /** In their order. Only src/sqs/messages.ts may change it, since it keeps an index of the messages. */
  messages: Message[];
  /** The highest order of any message so far. */
  lastOrder?: number;
  /** Oldest first. */
  recent?: Recent[];
  purgedAt?: number;
}

/** A function that gets a queue's messages. */
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
  /** Since when it is being enabled or disabled, in epoch milliseconds. Polling has already changed then. */
  readonly switchedAt?: number;
}

/** A task of StartMessageMoveTask. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  /** If omitted, each message goes back to the queue it came from. */
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
/** "Amazon SQS quotas": messages in flight, in a standard queue and, since November 2024, in a FIFO queue. */
export const inFlightLimit = 120_000;
/** A FIFO queue searches this many of its first messages for available groups. */
export const fifoScanLimit = 120_000;
export const deduplicationMs = 300_000;
