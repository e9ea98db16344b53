import type { RecordKind } from '../../lib/engine/record';
import { UsageError } from '../terminal/exitCodes';
import type { Session } from '../session/session';

/** An execution's name is the deployment's or rollback's. */
export const nameOfExecution = (executionArn: string): string =>
  executionArn.slice(executionArn.lastIndexOf(':') + 1);

/** `deploy`, `rollback` or `mend`, of `arn:aws:states:REGION:ACCOUNT:execution:SERVICE-STAGE-MACHINE:NAME`. */
export const machineOf = (executionArn: string): string =>
  executionArn.split(':')[6]?.split('-').at(-1) ?? '';

/** What an execution is for. */
export const kindOf = (executionArn: string | undefined): RecordKind =>
  machineOf(executionArn ?? '') === 'rollback' ? 'rollback' : 'deployment';

/** Why nothing can be asked of a stack. */
export const noStack = (what: string): UsageError =>
  new UsageError(`There is no ${what}: deploy the stack, or give its --region and --stage.`);

/** @returns the execution's ARN. @throws UsageError where there is no stack. */
export const startExecution = async (
  session: Session,
  request: { readonly stateMachineArn: string; readonly name: string; readonly input: object },
): Promise<string> => {
  const { SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn');
  try {
    const { executionArn = '' } = await session
      .connect(SFNClient)
      .send(new StartExecutionCommand({ ...request, input: JSON.stringify(request.input) }));
    return executionArn;
  } catch (error) {
    if ((error as Error).name !== 'StateMachineDoesNotExist') throw error;
    throw noStack(`state machine ${request.stateMachineArn}`);
  }
};
