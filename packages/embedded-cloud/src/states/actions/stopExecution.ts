import type { StopExecutionCommandInput, StopExecutionOutput } from '@aws-sdk/client-sfn';
import type { Action } from '../../core/service';
import { end, runOf } from '../engine';
import { findExecution, type Get, needs } from './find';

/** Stops an execution. A running Lambda function continues, and its result is ignored. A second stop has no effect. */
export const stopExecution = (get: Get): Action<StopExecutionCommandInput, StopExecutionOutput> => ({
  requires: ({ executionArn }) => needs('StopExecution', executionArn),
  run: ({ executionArn, error, cause }, region) => {
    const execution = findExecution(get(), executionArn);
    const run = runOf(region, get(), execution.arn);
    if (run) end(run, 'ABORTED', { error, cause });
    return { stopDate: new Date(execution.stoppedAt ?? region.now()) } satisfies StopExecutionOutput;
  },
});
