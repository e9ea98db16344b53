import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Environment } from '../aws/environment';

/** The states on the way of every deployment, or rollback, after its first. */
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
    'Resume',
    'Rollout',
    'Observe',
    'Complete',
    'Unlock',
  ],
  rollback: ['PreflightRollback', 'Halt', 'RollBack', 'SetScaling', 'CompleteRollback', 'Unlock'],
} as const;

/**
 * Pings the functions that a deployment is going to need, so that it does not wait for a cold start (0.4 s) in each
 * of its states. A ping that gets lost costs just that.
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
