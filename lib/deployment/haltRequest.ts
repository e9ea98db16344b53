import * as z from 'zod';
import type { ApplicationSettings } from '../application/schema';
import { notify } from '../reporting/notify';
import type { Channels } from '../reporting/channels';
import type { Core } from '../engine/core';
import { type Answer, applicationName, parsed, word } from '../engine/input';

export const haltSchema = z.strictObject({ application: applicationName, reason: word(256), by: word(256) });

export interface HaltRequestTools {
  readonly core: Core;
  readonly channels: Channels;
  readonly readSettings: (application: string) => Promise<{ settings: ApplicationSettings }>;
  /** Makes the parked steps of a deployment poll at once. */
  readonly wake: (deployment: string) => Promise<void>;
}

/**
 * Asks the running deployment to stop and to undo what it did. A second request changes nothing.
 * @throws InvalidRequest, UnknownApplication
 */
export const haltDeployment = async (input: unknown, tools: HaltRequestTools): Promise<Answer> => {
  const { core } = tools;
  const { application, reason, by } = parsed(haltSchema, input, 'a halt');
  const { settings } = await tools.readSettings(application);
  const lock = await core.locks.read(settings.group);
  if (lock?.owner === undefined || lock.deployment === undefined)
    return { done: false, message: `Nothing runs on the fleet of ${application}: there is nothing to halt.` };
  const { deployment, owner } = lock;
  const record = await core.records.find(deployment);
  if (record?.kind === 'rollback')
    return {
      done: false,
      deployment,
      message: `${deployment} is a rollback, which has no way back but forward. To go elsewhere when it has ended: forseti rollback ${application} --to VERSION`,
    };
  if (record?.completedAt !== undefined)
    return {
      done: false,
      deployment,
      message: `${deployment} is past its point of no return and ends within seconds. To undo it: forseti rollback ${application}`,
    };
  if (lock.halt)
    return {
      done: true,
      deployment,
      message: `${deployment} was halted by ${lock.halt.by} already: ${lock.halt.reason}`,
    };
  const halted = await core.locks.halt({ fleet: settings.group, owner }, { by, reason });
  if (!halted)
    return {
      done: false,
      deployment,
      message: `${deployment} has ended just now: there is nothing to halt.`,
    };
  await tools.wake(deployment);
  if (record) await notify(tools.channels, core.environment, { kind: 'halted', record, by, reason });
  return { done: true, deployment, message: `${deployment} is halted, and undoes what it did.` };
};
