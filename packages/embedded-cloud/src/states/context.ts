import { redriveCount, redrivenAt } from './redrive';
import type { Execution, Machine, Visit } from './state';

/** The context object for `$$`. It holds a token while a task that waits for one runs. */
export const contextOf = (machine: Machine, execution: Execution, visit: Visit): unknown => ({
  Execution: {
    Id: execution.arn,
    Input: JSON.parse(execution.input) as unknown,
    Name: execution.name,
    RedriveCount: redriveCount(execution),
    ...(redrivenAt(execution) === undefined
      ? {}
      : { RedriveTime: new Date(redrivenAt(execution) ?? 0).toISOString() }),
    RoleArn: machine.roleArn,
    StartTime: new Date(execution.startedAt).toISOString(),
  },
  State: {
    EnteredTime: new Date(visit.enteredAt).toISOString(),
    Name: visit.state,
    RetryCount: visit.retryCount,
  },
  StateMachine: { Id: machine.arn, Name: machine.name },
  ...(visit.token === undefined ? {} : { Task: { Token: visit.token } }),
});
