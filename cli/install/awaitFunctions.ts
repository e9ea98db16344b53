import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { chunks } from '../../lib/aws/chunks';
import type { Session } from '../session/session';

const pollMs = 5_000;
/** Lambda takes some seconds. What is not ready by then, doctor names. */
const maxMs = 120_000;
const atOnce = 10;

/** Of the functions, those that Lambda still makes or updates (developer guide, "Lambda function states"). */
const unready = async (client: LambdaClient, names: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const some of chunks(names, atOnce))
    await Promise.all(
      some.map(async (FunctionName) => {
        const { Configuration: is } = await client.send(new GetFunctionCommand({ FunctionName }));
        if (is?.State === 'Pending' || is?.LastUpdateStatus === 'InProgress') found.push(FunctionName);
      }),
    );
  return found;
};

/** Waits until the functions of a stack are ready, so that whoever looks next finds it well. */
export const awaitFunctions = async (
  session: Session,
  region: string,
  { Resources }: CloudFormationTemplate,
): Promise<void> => {
  const client = session.connectIn(region, LambdaClient);
  let left = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Lambda::Function' && typeof Properties?.FunctionName === 'string'
      ? [Properties.FunctionName]
      : [],
  );
  for (const from = session.now(); ; await session.sleep(pollMs)) {
    left = await unready(client, left);
    if (left.length === 0 || session.now() - from > maxMs) return;
  }
};
