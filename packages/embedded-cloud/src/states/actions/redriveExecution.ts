import type { RedriveExecutionCommandInput, RedriveExecutionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { awaitTimeout, machineOf, publishStatus, scheduleTurn, transitionMs } from '../engine';
import { addEvent } from '../history';
import { redriveCount, redriveProblem } from '../redrive';
import type { Execution, Visit } from '../state';
import { findExecution, type Get, needs } from './find';

/** How long a client token is remembered, if it is among the last ten. */
const tokenValidMs = 15 * 60_000;
const tokensKept = 10;

const doneBy = ({ redrives = [] }: Execution, clientToken: string | undefined, now: number) =>
  clientToken === undefined
    ? undefined
    : redrives
        .slice(-tokensKept)
        .find((redrive) => redrive.clientToken === clientToken && now - redrive.at < tokenValidMs);

/** The same visit with its input, without the earlier attempts and token. */
const afresh = (visit: Visit): Visit => {
  const again: Visit = { ...visit, retryCount: 0, retries: {} };
  delete again.token;
  return again;
};

/**
 * Continues an unsuccessful execution under the same ARN, from the state in which it ended and with that state's
 * input. Earlier states are not repeated. Attempts and timeouts count from zero (developer guide, "Restarting state
 * machine executions with redrive").
 *
 * @throws AwsError ExecutionDoesNotExist, ExecutionNotRedrivable
 */
export const redriveExecution = (get: Get): Action<RedriveExecutionCommandInput, RedriveExecutionOutput> => ({
  requires: ({ executionArn }) => needs('RedriveExecution', executionArn),
  run: ({ executionArn, clientToken }, region) => {
    const execution = findExecution(get(), executionArn);
    const now = region.now();
    const before = doneBy(execution, clientToken, now);
    if (before) return { redriveDate: new Date(before.at) };
    const refused = (why: string) =>
      new AwsError('ExecutionNotRedrivable', `Execution is not redrivable: '${execution.arn}': ${why}`);
    const problem = redriveProblem(execution, now);
    if (problem !== undefined) throw refused(problem);
    const machine = machineOf(get(), execution);
    const { unfinished } = execution;
    if (!machine || !unfinished) throw refused('State machine is in DELETING status.');
    for (const key of ['unfinished', 'stoppedAt', 'error', 'cause'] as const) delete execution[key];
    execution.status = 'RUNNING';
    const visit = afresh(unfinished);
    execution.visit = visit;
    (execution.redrives ??= []).push({ at: now, ...(clientToken === undefined ? {} : { clientToken }) });
    addEvent(execution, now, 'ExecutionRedriven', {
      executionRedrivenEventDetails: { redriveCount: redriveCount(execution) },
    });
    const run = { region, machine, execution };
    awaitTimeout(run);
    publishStatus(run);
    visit.turn = scheduleTurn(run, transitionMs(region), visit.enteredAt === 0 ? 'enter' : 'redrive');
    return { redriveDate: new Date(now) } satisfies RedriveExecutionOutput;
  },
});
