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

/** The visit of a state that an execution is in. */
export interface Visit {
  readonly state: string;
  readonly input: unknown;
  /** Epoch milliseconds. */
  readonly enteredAt: number;
  /** Tries after the first. */
  retryCount: number;
  /** Uses of each retrier, by its index. */
  readonly retries: Record<number, number>;
  /**
   * Counts up over the whole execution with whatever it waits for; what comes for an earlier turn (an answer, a
   * time-out, the end of a back-off) is ignored. So nothing starts after a stop.
   */
  turn: number;
  /** The token of the try that runs. */
  token?: string;
}

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** SDK's history event with the time in epoch milliseconds. */
export type StoredEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: number };

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  /** The machine that it was started on, where it has been replaced since (its definition or its role). */
  former?: Machine;
  /** JSON, as it was given. */
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
  /** The visit that it ended in, if it did not succeed: what a redrive takes up again. */
  unfinished?: Visit;
  /** The oldest first; epoch milliseconds. */
  redrives?: { readonly at: number; readonly clientToken?: string }[];
  /** States entered and tries repeated: what AWS charges for. */
  transitions: number;
  readonly history: StoredEvent[];
}

export interface StatesState {
  /** By ARN. */
  readonly machines: Record<string, Machine>;
  /** By ARN, in the order of their starts. */
  readonly executions: Record<string, Execution>;
  /** Every task token that was ever given out → its execution's ARN. */
  readonly tokens: Record<string, string>;
}

export const emptyStates = (): StatesState => ({ machines: {}, executions: {}, tokens: {} });
