import type { StartExecutionCommandInput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { sizeLimitBytes } from '../data';
import { awaitTimeout, goTo, publishStatus } from '../engine';
import { addEvent } from '../history';
import type { Execution, Machine } from '../state';
import { executionArn, findMachine, type Get, needs } from './find';

/** How long after an execution has closed its name is free again. */
const nameHeldMs = 90 * 24 * 60 * 60 * 1000;

const checkName = (name: string): void => {
  if (!/^[\w-]{1,80}$/.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
};

const checkInput = (input: string): void => {
  const invalid = (why: string) =>
    new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
  if (Buffer.byteLength(input) > sizeLimitBytes)
    throw invalid(`exceeded the maximum length of ${String(sizeLimitBytes)}`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw invalid((error as Error).message);
  }
};

/** The running execution with that name and input. @throws AwsError if the name is taken otherwise */
const running = (known: Execution | undefined, input: string, now: number): Execution | undefined => {
  if (!known) return undefined;
  if (known.status === 'RUNNING' && known.input === input) return known;
  if (now - (known.stoppedAt ?? now) >= nameHeldMs) return undefined;
  throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${known.arn}'`);
};

const start = (region: Region, machine: Machine, fresh: Execution): void => {
  const { definition, roleArn } = machine;
  addEvent(fresh, region.now(), 'ExecutionStarted', {
    executionStartedEventDetails: { input: fresh.input, inputDetails: { truncated: false }, roleArn },
  });
  const run = { region, machine, execution: fresh };
  awaitTimeout(run);
  publishStatus(run);
  goTo(run, definition.StartAt, JSON.parse(fresh.input));
};

/**
 * Starts an execution. If one with this name and input is running, the call returns the response of its start.
 * Otherwise a name is taken until 90 days after its execution closed (API reference, StartExecution).
 */
export const startExecution = (get: Get): Action<StartExecutionCommandInput, StartExecutionOutput> => ({
  requires: ({ stateMachineArn }) => needs('StartExecution', stateMachineArn),
  run: ({ stateMachineArn, name = '', input = '{}' }, region) => {
    const machine = findMachine(get(), stateMachineArn);
    const given = name === '' ? region.newId() : name;
    checkName(given);
    checkInput(input);
    const arn = executionArn(region, machine, given);
    const states = get();
    const before = running(states.executions[arn], input, region.now());
    if (before) return { executionArn: arn, startDate: new Date(before.startedAt) };
    const fresh: Execution = {
      arn,
      name: given,
      machineArn: machine.arn,
      input,
      startedAt: region.now(),
      status: 'RUNNING',
      turn: 0,
      transitions: 0,
      history: [],
    };
    delete states.executions[arn];
    states.executions[arn] = fresh;
    start(region, machine, fresh);
    return { executionArn: arn, startDate: new Date(fresh.startedAt) } satisfies StartExecutionOutput;
  },
});
