import { AwsError } from '../../core/errors';
import type { Region, Requirement } from '../../core/service';
import type { Execution, Machine, StatesState } from '../state';

export type Get = () => StatesState;

/** @throws AwsError StateMachineDoesNotExist */
export const findMachine = (states: StatesState, arn: string | undefined): Machine => {
  const machine = states.machines[arn ?? ''];
  if (machine) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
};

/** @throws AwsError ExecutionDoesNotExist */
export const findExecution = (states: StatesState, arn: string | undefined): Execution => {
  const execution = states.executions[arn ?? ''];
  if (execution) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);
};

export const needs = (action: string, resource: string | undefined): readonly Requirement[] => [
  { action: `states:${action}`, resource: resource ?? '*' },
];

export const executionArn = (region: Region, machine: Machine, name: string): string =>
  region.arn('states', `execution:${machine.name}:${name}`);

/** One page of a list. The token is the index of the next page's first item. */
export const pageOf = <T>(
  all: readonly T[],
  nextToken: string | undefined,
  maxResults: number | undefined,
) => {
  const start = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (Number.isNaN(start)) throw new AwsError('InvalidToken', `Invalid Token: '${String(nextToken)}'`);
  const size = maxResults === undefined || maxResults === 0 ? 100 : maxResults;
  const next = start + size;
  return {
    items: all.slice(start, next),
    ...(next < all.length ? { nextToken: Buffer.from(String(next)).toString('base64') } : {}),
  };
};
