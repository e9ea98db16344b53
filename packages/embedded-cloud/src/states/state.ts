import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Definition } from './definition';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** An execution's visit of a state. */
export interface Visit {
  readonly state: string;
  readonly input: unknown;
  /** Epoch milliseconds. */
  readonly enteredAt: number;
  /** Number of retries. */
  retryCount: number;
  /** How often each retrier was used, by its index. */
  readonly retries: Record<number, number>;
  /**
   * Grows with each event that the execution waits for. An answer, a timeout or the end of a back-off for an earlier
   * turn is ignored, so that nothing starts after a stop.
   */
  turn: number;
  /** The token of the current attempt. */
  token?: string;
}

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The SDK's history event, with its time in epoch milliseconds. */
export type StoredEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: number };

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  /** The machine with which it was started, if its definition or role has been replaced since. */
  former?: Machine;
  /** JSON, as given in the request. */
  readonly input: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  stoppedAt?: number;
  status: Status;
  /** JSON. */
  output?: string;
  error?: string;
  cause?: string;
  turn: number;
  visit?: Visit;
  /** If it did not succeed: the visit in which it ended. A redrive continues from it. */
  unfinished?: Visit;
  /** Oldest first. */
  redrives?: { readonly at: number; readonly clientToken?: string }[];
  /** Number of entered states and retries, for which AWS charges. */
  transitions: number;
  readonly history: StoredEvent[];
}

export interface StatesState {
  /** By ARN. */
  readonly machines: Record<string, Machine>;
  /** By ARN, in the order in which they were started. */
  readonly executions: Record<string, Execution>;
  /** The ARN of the execution for each task token ever issued. */
  readonly tokens: Record<string, string>;
}

export const emptyStates = (): StatesState => ({ machines: {}, executions: {}, tokens: {} });
