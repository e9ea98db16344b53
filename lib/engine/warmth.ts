import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Environment } from '../aws/environment';

/** The states of every ordinary deployment, or rollback, after its first state. */
export const warmStates = {
  deployment: [
    'Lock',
    'Preflight',
    'Suspend',
    'Provision',
    'TakeOut',
    'BakeImage',
    'PutBack',
    'SwapLaunchTemplate',
    'SetScaling',
    'VerifyImage',
    'Resume',
    'Rollout',
    'Observe',
    'Complete',
    'Unlock',
  ],
  rollback: ['PreflightRollback', 'Halt', 'RollBack', 'SetScaling', 'CompleteRollback', 'Unlock'],
} as const;

/**
 * Pings the functions that a deployment is going to need, so that its states do not wait for a cold start (0.4 s) each.
 * A lost ping costs only that time.
 */
export const keepWarm = async (
  lambda: LambdaClient,
  environment: Environment,
  what: keyof typeof warmStates = 'deployment',
): Promise<void> => {
  await Promise.allSettled(
    warmStates[what].map((state) =>
      lambda.send(
        new InvokeCommand({
          FunctionName: `${environment.service}-${environment.stage}-${state}`,
          InvocationType: 'Event',
          Payload: new TextEncoder().encode(JSON.stringify({ warm: true })),
        }),
      ),
    ),
  );
};
