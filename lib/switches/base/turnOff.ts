import { messageOf, nameOf } from '../../aws/failure';
import { announce } from './announce';
import { instant } from './instant';
import type { SwitchAnswer, SwitchItem } from './item';
import type { SwitchTools } from './tools';

/**
 * Removes what was made for the switch, and nothing else. Doing it twice changes nothing more. @returns what somebody
 * else has changed meanwhile.
 */
export type Remove<Kind extends string, Made> = (item: SwitchItem<Kind, Made>) => Promise<string | undefined>;

interface Asked {
  readonly application: string;
  readonly switch: string;
  /** A person; absent where the time is over. */
  readonly by?: string;
}

/**
 * Turns a switch off: at once for a person, else only where its time is over (moving the end has started another wait).
 * The record says so only after everything has been removed.
 * @throws UnreadableSwitch
 */
export const turnOff = async <Kind extends string, Made>(
  tools: SwitchTools<Kind, Made>,
  asked: Asked,
  remove: Remove<Kind, Made>,
): Promise<SwitchAnswer> => {
  const { definition, switches, clock } = tools;
  const item = await switches.find(asked.application, asked.switch);
  if (item === undefined || item.offAt !== undefined)
    return {
      done: true,
      message: `${asked.application}: nothing is on that could be ended${item?.offBy === undefined ? '' : `; ${item.offBy} ended it at ${instant(item.offAt ?? 0)}`}.`,
      ...(item && { switch: item }),
    };
  const name = definition.name(item);
  const now = clock();
  if (asked.by === undefined && (item.until === undefined || item.until > now))
    return { done: true, message: `${name}: goes on; its end was moved.`, switch: item };
  const claimed = await switches.claim(item, now);
  // It was moved or ended at this moment: read it again.
  if (!claimed.done) return turnOff(tools, asked, remove);
  const note = await remove(claimed.item ?? item).catch(async (error: unknown) => {
    // The sweep tells it. A note that fails must not hide the failure itself.
    await switches.failed(item, `${nameOf(error)}: ${messageOf(error)}`).catch(() => undefined);
    throw error;
  });
  const by = asked.by ?? 'its end';
  await switches.end(item, by, clock(), note);
  await announce(tools, item, {
    on: false,
    by,
    lines: [
      `${name}: ended by ${by}; ${item.by} turned it on at ${instant(item.at)}.`,
      ...(note === undefined ? [] : [note]),
    ],
  });
  const after = await switches.find(asked.application, asked.switch);
  const message = `${name}: off.${note === undefined ? '' : ` ${note}`}`;
  return { done: true, message, ...(after && { switch: after }) };
};
