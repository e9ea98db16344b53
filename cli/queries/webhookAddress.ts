import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { noStack } from '../session/noStack';
import type { Session } from '../session/session';

/**
 * The function URL that takes webhooks in the session's region.
 * @throws UsageError where there is no stack, or where somebody has removed the URL
 */
export const webhookAddress = async (session: Session): Promise<string> => {
  const functionName = session.names.functionName('Webhook');
  try {
    const { FunctionUrl: url = '' } = await session
      .connect(LambdaClient)
      .send(new GetFunctionUrlConfigCommand({ FunctionName: functionName }));
    return url;
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw noStack(`function URL of ${functionName} in ${session.region}`);
  }
};
