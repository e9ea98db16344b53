import type { Statement } from '../iam/statement';

/** A message; times are epoch milliseconds. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Who sent it: a role's or user's ARN, or a service. */
  readonly senderId: string;
  /** Retention counts from here, in the dead-letter queue too. */
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** Of the newest receive; earlier ones still delete on AWS, and here. */
  receiptHandles: string[];
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
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
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  /** The queue's own policy. */
  policy: Statement[];
  messages: Message[];
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
}

export interface SqsState {
  /** By name. */
  readonly queues: Record<string, Queue>;
  /** By id. */
  readonly mappings: Record<string, Mapping>;
}

export const emptySqs = (): SqsState => ({ queues: {}, mappings: {} });

/** Bytes of body, attributes included: 1 MiB since August 2025. */
export const messageLimitBytes = 1_048_576;
export const longestVisibilitySeconds = 43_200;
export const longestDelaySeconds = 900;
