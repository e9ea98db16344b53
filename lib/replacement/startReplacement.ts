import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Hours } from './hours';
import type { ReplacementRequest } from './replacement';

/**
 * The execution's business name: the same instance in the same hours is the same replacement, whatever was found of it.
 * At most 69 of the 80 characters that Step Functions takes.
 */
export const replacementName = (
  { application, instance }: Pick<ReplacementRequest, 'application' | 'instance'>,
  { until }: Pick<Hours, 'until'>,
): string => [application, instance, new Date(until).toISOString().slice(0, 16).replace(/\D/g, '')].join('-');

/** Has an instance replaced in some hours; once, however often it is asked for. */
export const startReplacement = async (
  sfn: SFNClient,
  stateMachineArn: string,
  request: Pick<ReplacementRequest, 'application' | 'instance' | 'reason' | 'requestedBy' | 'finding'>,
  hours: Hours,
): Promise<void> => {
  const input = {
    ...request,
    at: new Date(hours.from).toISOString(),
    until: new Date(hours.until).toISOString(),
  } satisfies ReplacementRequest;
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: replacementName(request, hours),
        input: JSON.stringify(input),
      }),
    );
  } catch (error) {
    // Another finding of the same instance came first.
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};
