import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { executionName } from '../../lib/intake/names';
import { noStack } from '../session/noStack';
import type { Session } from '../session/session';

export interface ExecutionRequest {
  readonly stateMachineArn: string;
  readonly application: string;
  /** What the execution's name says beside the application: the version, or the instance. */
  readonly subject: string;
  readonly input: object;
}

/**
 * Starts one of the state machines. Each call starts a new execution, since a person who asks again wants a new attempt.
 * @returns the execution's ARN.
 * @throws UsageError where there is no stack.
 */
export const startExecution = async (
  session: Session,
  { stateMachineArn, application, subject, input }: ExecutionRequest,
): Promise<string> => {
  const name = executionName(application, subject, session.newId());
  try {
    const { executionArn = '' } = await session
      .connect(SFNClient)
      .send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return executionArn;
  } catch (error) {
    if ((error as Error).name !== 'StateMachineDoesNotExist') throw error;
    throw noStack(`state machine ${stateMachineArn}`);
  }
};
