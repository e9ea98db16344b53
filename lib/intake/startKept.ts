import type { KeptRequest } from '../deployment/keptRequest';
import type { IntakeTools } from './intake';
import { executionName } from './names';
import { startNamed } from './once';

/**
 * Starts a kept request anew. The name follows from the execution that gave up, so a message that comes twice starts one.
 */
export const startKept = async ({ after, input }: KeptRequest, tools: IntakeTools): Promise<void> => {
  const { application, version, requestKey } = input;
  const name = executionName(application, version, `${requestKey} after ${after}`);
  await startNamed(tools, name, input);
  await tools.requests.update(
    { key: requestKey },
    { expression: 'SET execution = :execution', values: { ':execution': name } },
  );
};
