import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { functionOf } from '../../lib/aws/eventSourceMappings';
import type { Session } from '../session/session';

/** The result of switching a queue's consumers. */
export interface SwitchedConsumers {
  /** Names of the functions. */
  readonly changed: readonly string[];
  /** Consumers that had not reached the wanted state in time, with the state that they were in. */
  readonly unsettled: readonly { readonly function: string; readonly state: string }[];
}

const settleWithinMs = 180_000;

/** @returns whether Lambda took the change: it refuses one while an earlier one still takes effect. */
const switchOne = (lambda: LambdaClient, uuid: string, enabled: boolean): Promise<boolean> =>
  lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled })).then(
    () => true,
    (error: unknown) => {
      if ((error as Error).name !== 'ResourceInUseException') throw error;
      return false;
    },
  );

/**
 * Enables or disables consumers, and waits until all are in that state: AWS answers before a change takes effect, and
 * delivers batches meanwhile. A mapping that is still changing is awaited first. Each is switched at most once, so that two
 * people who want the opposite do not undo each other for ever.
 */
export const switchMappings = async (
  session: Session,
  mappings: readonly EventSourceMappingConfiguration[],
  enabled: boolean,
): Promise<SwitchedConsumers> => {
  const lambda = session.connect(LambdaClient);
  const [wanted, opposite] = enabled ? ['Enabled', 'Disabled'] : ['Disabled', 'Enabled'];
  const until = session.now() + settleWithinMs;
  const changed = new Map<string, string>();
  for (let found = mappings; ;) {
    const pending = found.filter(({ State: state }) => state !== wanted);
    for (const one of pending) {
      const { UUID: uuid = '', State: state } = one;
      if (state === opposite && !changed.has(uuid) && (await switchOne(lambda, uuid, enabled)))
        changed.set(uuid, functionOf(one));
    }
    if (pending.length === 0 || session.now() > until)
      return {
        changed: [...changed.values()],
        unsettled: pending.map((one) => ({ function: functionOf(one), state: one.State ?? 'unknown' })),
      };
    await session.sleep(2_000);
    found = await Promise.all(
      pending.map(({ UUID }) => lambda.send(new GetEventSourceMappingCommand({ UUID }))),
    );
  }
};
