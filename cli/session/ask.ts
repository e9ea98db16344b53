import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Answer } from '../../lib/engine/input';
import { noStack } from '../queries/executions';
import { exitCodes, RefusedEarly, UsageError } from '../terminal/exitCodes';
import type { Context } from '../main';
import type { Format } from './options';
import type { Session } from './session';
import { styleOf } from '../terminal/style';

/** What Lambda answers for a function that threw. */
interface Thrown {
  readonly errorType?: string;
  readonly errorMessage?: string;
}

const refused = (functionName: string, { errorType = 'Error', errorMessage = '' }: Thrown): Error => {
  if (notThere.includes(errorType)) return new RefusedEarly(errorMessage);
  if (errorType === 'InvalidRequest') return new UsageError(errorMessage);
  return new Error(`${functionName} failed with ${errorType}: ${errorMessage}`);
};

/** Names of errors that say what was asked for is not there. */
const notThere = ['UnknownApplication', 'FleetUnsettled'];

/**
 * Asks a function of the stack for something, and waits for its answer.
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
    if (error !== undefined) throw refused(functionName, answer as Thrown);
    return answer as Told;
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw noStack(`function ${functionName} in ${session.region}`);
  }
};

/** Tells the answer. What was not done is a refusal for scripts, and stands where problems stand. */
export const tellAnswer = (answer: Answer, format: Format, context: Context): void => {
  const { terminal } = context;
  if (!answer.done) context.exitCode = exitCodes.rejected;
  if (format === 'json') {
    terminal.out(JSON.stringify(answer, null, 2));
    return;
  }
  const style = styleOf(terminal.colours && format === 'tree');
  if (answer.done) terminal.out(`${format === 'tree' ? `${style.good('✔')} ` : ''}${answer.message}`);
  else terminal.note(style.warn(answer.message));
};

/** Who asks, as far as a record takes it. */
export const askedBy = ({ requestedBy }: Session): string => requestedBy.slice(0, 256);

/** On the embedded cloud, what was asked for goes on only while time passes. */
export const tellTime = ({ local }: Session, { terminal }: Context): void => {
  if (local) terminal.note('It goes on while time passes: "forseti local advance 10m".');
};
