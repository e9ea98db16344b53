import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { State } from './definition';
import type { Execution, StoredEvent } from './state';

/** A standard execution fails once its history has this many events. */
export const historyLimit = 25_000;

type Details = Partial<Omit<HistoryEvent, 'timestamp'>>;
type EventType = NonNullable<HistoryEvent['type']>;

/** Appends an event. Ids start at 1. The previous event is its cause. */
export const addEvent = (
  execution: Execution,
  timestamp: number,
  type: EventType,
  details: Details = {},
): void => {
  const previousEventId = execution.history.length;
  const event: StoredEvent = { ...details, timestamp, type, id: previousEventId + 1, previousEventId };
  execution.history.push(event);
};

const enteredTypes: Readonly<Record<State['Type'], EventType>> = {
  Choice: 'ChoiceStateEntered',
  Fail: 'FailStateEntered',
  Pass: 'PassStateEntered',
  Succeed: 'SucceedStateEntered',
  Task: 'TaskStateEntered',
  Wait: 'WaitStateEntered',
};

const exitedTypes: Readonly<Partial<Record<State['Type'], EventType>>> = {
  Choice: 'ChoiceStateExited',
  Pass: 'PassStateExited',
  Succeed: 'SucceedStateExited',
  Task: 'TaskStateExited',
  Wait: 'WaitStateExited',
};

export const addEntered = (
  execution: Execution,
  at: number,
  type: State['Type'],
  name: string,
  input: unknown,
) => {
  addEvent(execution, at, enteredTypes[type], {
    stateEnteredEventDetails: { name, input: JSON.stringify(input) },
  });
};

/** A Fail state has no exit event. */
export const addExited = (
  execution: Execution,
  at: number,
  type: State['Type'],
  name: string,
  output: unknown,
) => {
  const exited = exitedTypes[type];
  if (!exited) return;
  addEvent(execution, at, exited, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });
};

/** The event types of a task. A plain function ARN has types of its own. */
export const taskEvents = (resource: string) => {
  if (resource.includes(':function:')) {
    const failed = (error: string, cause: string): [EventType, Details] =>
      error === 'States.Timeout'
        ? ['LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: { error, cause } }]
        : ['LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error, cause } }];
    return {
      scheduled: (_region: string, input: string): [EventType, Details] => [
        'LambdaFunctionScheduled',
        { lambdaFunctionScheduledEventDetails: { resource, input } },
      ],
      started: (): [EventType, Details] => ['LambdaFunctionStarted', {}],
      succeeded: (output: string): [EventType, Details] => [
        'LambdaFunctionSucceeded',
        { lambdaFunctionSucceededEventDetails: { output } },
      ],
      failed,
    };
  }
  const names = { resourceType: 'lambda', resource: resource.slice(resource.lastIndexOf(':lambda:') + 8) };
  const failed = (error: string, cause: string): [EventType, Details] =>
    error === 'States.Timeout'
      ? ['TaskTimedOut', { taskTimedOutEventDetails: { ...names, error, cause } }]
      : ['TaskFailed', { taskFailedEventDetails: { ...names, error, cause } }];
  return {
    scheduled: (region: string, parameters: string): [EventType, Details] => [
      'TaskScheduled',
      { taskScheduledEventDetails: { ...names, region, parameters } },
    ],
    started: (): [EventType, Details] => ['TaskStarted', { taskStartedEventDetails: names }],
    succeeded: (output: string): [EventType, Details] => [
      'TaskSucceeded',
      { taskSucceededEventDetails: { ...names, output } },
    ],
    failed,
  };
};
