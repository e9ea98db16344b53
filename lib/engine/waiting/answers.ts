import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { messageOf, nameOf } from '../../aws/failure';
import type { Core } from '../core';
import type { Wait, Waits } from './waits';

/** What a waiting step works with. */
export interface TokenTools {
  readonly core: Core;
  readonly waits: Waits;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
}

/** What an invocation returns, for its log. The machine gets the result through the token. */
export interface WaitingAnswer {
  readonly state: 'over' | 'waiting' | 'busy';
}

/**
 * The token is answered before the row is deleted. After a crash in between, the next poll answers again, which does no
 * harm.
 */
export const answerSuccess = async (
  tools: TokenTools,
  wait: Wait,
  output: unknown,
): Promise<WaitingAnswer> => {
  const { records, clock } = tools.core;
  await Promise.all([
    answered(() =>
      tools.sfn.send(
        new SendTaskSuccessCommand({ taskToken: wait.token, output: JSON.stringify(output ?? {}) }),
      ),
    ),
    records.setStep(wait.deployment, wait.state, { endedAt: clock() }),
  ]);
  await tools.waits.close(wait);
  return { state: 'over' };
};

export const answerFailure = async (
  tools: Pick<TokenTools, 'sfn' | 'waits'>,
  wait: Wait,
  error: unknown,
): Promise<WaitingAnswer> => {
  await answered(() =>
    tools.sfn.send(
      new SendTaskFailureCommand({
        taskToken: wait.token,
        error: nameOf(error).slice(0, 256),
        cause: messageOf(error).slice(0, 32_768),
      }),
    ),
  );
  await tools.waits.close(wait);
  return { state: 'over' };
};

/** Step Functions refuses a token that was answered or whose task timed out. In both cases there is nothing to answer. */
const answered = async (send: () => Promise<unknown>): Promise<void> => {
  try {
    await send();
  } catch (error) {
    if (!['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes(nameOf(error))) throw error;
  }
};
