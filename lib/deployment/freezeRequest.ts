import type { Channels } from '../reporting/channels';
import * as z from 'zod';
import type { ApplicationSettings } from '../application/schema';
import { notify } from '../reporting/notify';
import type { Core } from '../engine/core';
import { everyApplication, type FreezeItem } from '../engine/freeze';
import { type Answer, parsed, word } from '../engine/input';

const application = z
  .string()
  .regex(/^([a-z][a-z0-9-]{0,29}|\*)$/, 'expected the name of an application, or "*" for all of them');
const by = word(256);

export const freezeSchema = z.strictObject({
  freeze: application,
  reason: word(256),
  by,
  /** Epoch milliseconds. */
  until: z.number().int().positive().optional(),
  /** This end holds, also if it is earlier than that of a freeze that is in force. */
  shorten: z.boolean().optional(),
});
export const unfreezeSchema = z.strictObject({ unfreeze: application, by });

export interface FreezeTools {
  readonly core: Core;
  readonly channels: Channels;
  readonly readSettings: (application: string) => Promise<{ settings: ApplicationSettings }>;
}

/**
 * Freezes an application, or all, by hand; or lifts that freeze. Windows of the settings are not changed here.
 * @throws InvalidRequest, UnknownApplication
 */
export const freezeByHand = async (input: unknown, tools: FreezeTools): Promise<Answer> =>
  typeof input === 'object' && input !== null && 'unfreeze' in input
    ? unfreeze(input, tools)
    : freeze(input, tools);

const nameOf = (name: string): string => (name === everyApplication ? 'All applications' : name);

const settingsOf = async (name: string, { readSettings }: FreezeTools) =>
  name === everyApplication ? {} : { settings: (await readSettings(name)).settings };

const endText = (until: number | undefined): string =>
  until === undefined ? 'until somebody lifts it' : `until ${new Date(until).toISOString()}`;

/** What is in force already ends no earlier than what was asked for. */
const keptText = (made: FreezeItem, until: number | undefined): string =>
  made.until === until
    ? `It was so already, by ${made.by}.`
    : `${made.by} froze it so; that ends later than what you ask for, and stays. To end it ${endText(until)}, add --shorten.`;

const freeze = async (input: unknown, tools: FreezeTools): Promise<Answer> => {
  const { core, channels } = tools;
  const asked = parsed(freezeSchema, input, 'a freeze');
  const now = core.clock();
  if (asked.until !== undefined && asked.until <= now)
    return {
      done: false,
      message: `The freeze would have ended at ${new Date(asked.until).toISOString()} already.`,
    };
  const settings = await settingsOf(asked.freeze, tools);
  const { reason, until } = asked;
  const { freeze: made, instead } = await core.freezes.freeze(
    {
      application: asked.freeze,
      reason,
      by: asked.by,
      at: now,
      ...(until !== undefined && { until }),
    },
    asked.shorten,
  );
  const message = `${nameOf(asked.freeze)}: frozen ${endText(made.until)} (${made.reason}).`;
  if (made.at !== now || made.by !== asked.by)
    return { done: true, message: `${message} ${keptText(made, until)}` };
  await notify(channels, core.environment, {
    kind: 'frozen',
    application: asked.freeze,
    ...settings,
    by: asked.by,
    reason,
    ...(until !== undefined && { until }),
  });
  return {
    done: true,
    message: instead
      ? `${message} It takes the place of the freeze by ${instead.by} (${instead.reason}), which was to last ${endText(instead.until)}.`
      : message,
  };
};

const unfreeze = async (input: unknown, tools: FreezeTools): Promise<Answer> => {
  const { core, channels } = tools;
  const asked = parsed(unfreezeSchema, input, 'the end of a freeze');
  const settings = await settingsOf(asked.unfreeze, tools);
  const lifted = await core.freezes.unfreeze(asked.unfreeze, asked.by, core.clock());
  if (!lifted)
    return {
      done: true,
      message: `${nameOf(asked.unfreeze)}: not frozen by hand. Windows of the settings end by themselves, or with "forseti apply".`,
    };
  await notify(channels, core.environment, {
    kind: 'unfrozen',
    application: asked.unfreeze,
    ...settings,
    by: asked.by,
    reason: lifted.reason,
  });
  return {
    done: true,
    message: `${nameOf(asked.unfreeze)}: the freeze by ${lifted.by} (${lifted.reason}) is lifted.`,
  };
};
