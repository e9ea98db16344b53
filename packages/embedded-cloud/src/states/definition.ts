/** The part of the Amazon States Language that is modelled: JSONPath, without parallel branches. */

export type Value = unknown;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

interface Common {
  readonly Comment?: string;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
}

interface Onward {
  readonly Next?: string;
  readonly End?: boolean;
}

export interface TaskState extends Common, Onward {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Parameters?: Value;
  readonly ResultSelector?: Value;
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends Common, Onward {
  readonly Type: 'Pass';
  readonly Result?: Value;
  readonly Parameters?: Value;
  readonly ResultPath?: string | null;
}

/** A comparison (`Variable` and one operator), or And, Or or Not of comparisons. */
export type ChoiceTest = Readonly<Record<string, Value>>;

export interface ChoiceState extends Common {
  readonly Type: 'Choice';
  readonly Choices: readonly (ChoiceTest & { readonly Next: string })[];
  readonly Default?: string;
}

export interface WaitState extends Common, Onward {
  readonly Type: 'Wait';
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
}

export interface SucceedState extends Common {
  readonly Type: 'Succeed';
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}

export type State = TaskState | PassState | ChoiceState | WaitState | SucceedState | FailState;

export interface Definition {
  readonly Comment?: string;
  readonly QueryLanguage?: string;
  readonly Version?: string;
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}
