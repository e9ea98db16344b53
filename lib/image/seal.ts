import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StepContext } from '../engine/context';
import { listInvocations, startCommand } from '../provisioning/commands';
import { isOver } from '../provisioning/commandState';
import { commandKey } from '../engine/waiting/resourceKeys';
import type { Progress } from '../engine/waiting/waitingStep';
import { causesOfCommand } from '../provisioning/agents';

type Waiting = Pick<Extract<Progress, { waitFor: readonly string[] }>, 'waitFor' | 'why'>;

/** How sealing or unsealing ended on the instance. */
export interface Sealed {
  readonly succeeded: boolean;
  readonly reason: string;
}

/** Time for the agent to take the command; after a reboot the agent needs longer to come back. */
const deliveryTimeoutSeconds = { seal: 120, unseal: 300 } as const;

/**
 * Runs the seal document (resources/documents/seal.yml) on an instance: `seal` keeps logs, host keys, machine id and
 * the listed paths out of the image, `unseal` puts them back. Safe to repeat until it answers.
 */
export const runSeal = async (
  context: StepContext,
  ssm: SSMClient,
  phase: 'seal' | 'unseal',
  instanceId: string,
): Promise<Sealed | Waiting> => {
  const commandId = await startCommand(context, ssm, {
    part: phase,
    document: {
      name: context.core.environment.documents.seal,
      version: '$DEFAULT',
      parameters: { Phase: [phase], Paths: [JSON.stringify(context.settings.image.sealPaths)] },
    },
    on: [instanceId],
    deliveryTimeoutSeconds: deliveryTimeoutSeconds[phase],
  });
  // With one instance, its invocation says all about the command.
  const [invocation] = await listInvocations(ssm, commandId);
  if (invocation === undefined || !isOver(invocation.status))
    return { waitFor: [commandKey(commandId)], why: () => causesOfCommand(ssm, commandId) };
  return { succeeded: invocation.status === 'Success', reason: invocation.details };
};
