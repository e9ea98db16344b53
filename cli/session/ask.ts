import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Answer } from '../../lib/engine/input';
import { RefusedEarly, UsageError } from '../terminal/errors';
import { noStack } from './noStack';
import type { Session } from './session';

/** The payload that Lambda returns for a function that threw. */
interface Thrown {
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** Errors of functions that mean: the subject of the request does not exist. */
const notFoundErrors = ['UnknownApplication', 'FleetUnsettled'];

const errorOf = (functionName: string, { errorType = 'Error', errorMessage = '' }: Thrown): Error => {
  if (notFoundErrors.includes(errorType)) return new RefusedEarly(errorMessage);
  if (errorType === 'InvalidRequest') return new UsageError(errorMessage);
  return new Error(`${functionName} failed with ${errorType}: ${errorMessage}`);
};

/**
 * Invokes a function of the stack and waits for its answer.
 * @param name the function's name in serverless.yml: `Freeze`.
 * @throws UsageError where there is no such function, or where it does not take the input; RefusedEarly of an unknown
 *   application.
 */
export const ask = async <Told = Answer>(session: Session, name: string, input: object): Promise<Told> => {
  const functionName = session.names.functionName(name);
  try {
    const { FunctionError: error, Payload: payload } = await session
      .connect(LambdaClient)
      .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(input) }));
    const answer = JSON.parse(payload === undefined ? 'null' : Buffer.from(payload).toString()) as unknown;
    if (error !== undefined) throw errorOf(functionName, answer as Thrown);
    return answer as Told;
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw noStack(`function ${functionName} in ${session.region}`);
  }
};

/** The person's name for the record, which takes up to 256 characters. */
export const askedBy = ({ requestedBy }: Session): string => requestedBy.slice(0, 256);
