import type { RecordKind } from '../lib/deployment/record';
import { UsageError } from './exitCodes';
import type { Session } from './session';

/** An execution's name is the deployment's or rollback's. */
export const executionName = (executionArn: string): string =>
  executionArn.slice(executionArn.lastIndexOf(':') + 1);

/** What an execution is for, by its machine: `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`. */
export const kindOf = (executionArn: string | undefined): RecordKind =>
  executionArn?.split(':')[6]?.endsWith('-rollback') === true ? 'rollback' : 'deployment';

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
