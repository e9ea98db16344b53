import type {
  SendTaskFailureCommandInput,
  SendTaskFailureOutput,
  SendTaskHeartbeatCommandInput,
  SendTaskHeartbeatOutput,
  SendTaskSuccessCommandInput,
  SendTaskSuccessOutput,
} from '@aws-sdk/client-sfn';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import { sizeLimitBytes } from '../data';
import { runOf } from '../engine';
import { StateFailure } from '../failure';
import { failTask, succeedTask, taskOf, type TaskRun } from '../task';
import { type Get, needs } from './find';

/** The permission is for the machine that issued the token. For an unknown token, none can be checked. */
const requires =
  (get: Get, action: string) =>
  ({ taskToken }: { taskToken: string | undefined }): readonly Requirement[] => {
    const execution = get().executions[get().tokens[taskToken ?? ''] ?? ''];
    return execution ? needs(action, execution.machineArn) : [];
  };

/**
 * The task that waits for a token's answer.
 *
 * @throws AwsError InvalidToken if it was never a token; TaskTimedOut if it was answered, its time ran out or its
 *   execution ended; TaskDoesNotExist if the execution no longer exists
 */
const waitingTask = (get: Get, region: Region, taskToken: string | undefined): TaskRun => {
  const arn = get().tokens[taskToken ?? ''];
  if (arn === undefined) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
  if (!get().executions[arn]) {
    throw new AwsError('TaskDoesNotExist', `Task does not exist: '${String(taskToken)}'`);
  }
  const run = runOf(region, get(), arn);
  const task = run && taskOf(run);
  if (task?.visit.token === taskToken && task) return task;
  throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
};

const parseOutput = (output: string | undefined): unknown => {
  try {
    if (Buffer.byteLength(output ?? '') > sizeLimitBytes) throw new Error('too long');
    return JSON.parse(output ?? '') as unknown;
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
};

export const sendTaskSuccess = (get: Get): Action<SendTaskSuccessCommandInput, SendTaskSuccessOutput> => ({
  requires: requires(get, 'SendTaskSuccess'),
  run: ({ taskToken, output }, region) => {
    const task = waitingTask(get, region, taskToken);
    const result = parseOutput(output);
    delete task.visit.token;
    succeedTask(task, result);
    return {};
  },
});

export const sendTaskFailure = (get: Get): Action<SendTaskFailureCommandInput, SendTaskFailureOutput> => ({
  requires: requires(get, 'SendTaskFailure'),
  run: ({ taskToken, error, cause }, region) => {
    failTask(waitingTask(get, region, taskToken), new StateFailure(error ?? '', cause ?? ''));
    return {};
  },
});

/** Reports that a task is alive. HeartbeatSeconds is not modelled, so it has no effect. */
export const sendTaskHeartbeat = (
  get: Get,
): Action<SendTaskHeartbeatCommandInput, SendTaskHeartbeatOutput> => ({
  requires: requires(get, 'SendTaskHeartbeat'),
  run: ({ taskToken }, region) => {
    waitingTask(get, region, taskToken);
    return {};
  },
});
