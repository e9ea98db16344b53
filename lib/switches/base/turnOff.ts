import * as z from 'zod';
import { parsed } from '../../engine/input';
import { application, by } from '../access/requests';
import type { SwitchAnswer, SwitchItem } from './item';
import { instant, type SwitchTools, tell } from './tools';

/** From a person: a maintenance page or a warm-up, of which an application has one each. */
export const endSchema = z.strictObject({ application, by });

/** From the machine and the sweep: ends what is over. */
export const dueSchema = z.strictObject({
  application: z.string().min(1).max(30),
  switch: z.string().min(1).max(256),
  kind: z.enum(['access', 'maintenance', 'prewarm']),
  until: z.iso.datetime(),
  /** Only a warm-up's: when capacity is reserved. */
  reserveAt: z.iso.datetime().optional(),
});

export const isDue = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'switch' in input;

export const parsedDue = (input: unknown) => parsed(dueSchema, input, 'the end of a switch');

/** Removes just what was made for the switch; twice is as once. @returns what was found otherwise than it was left. */
export type Remove = (item: SwitchItem) => Promise<string | undefined>;

interface Asked {
  readonly application: string;
  readonly switch: string;
  /** A person; absent where the time is over. */
  readonly by?: string;
}

/** How it is told: `api: port 22 for 1.2.3.4/32`. */
export type Name = (item: SwitchItem) => string;

/**
 * Turns a switch off: at once for a person, else only where its time is over (who moved the end meanwhile has started
 * another wait). It is off in the record only when everything is gone.
 */
export const turnOff = async (
  tools: SwitchTools,
  asked: Asked,
  { remove, name }: { readonly remove: Remove; readonly name: Name },
): Promise<SwitchAnswer> => {
  const { switches, clock } = tools;
  const item = await switches.find(asked.application, asked.switch);
  if (item === undefined || item.offAt !== undefined)
    return {
      done: true,
      message: `${asked.application}: nothing is on that could be ended${item?.offBy === undefined ? '' : `; ${item.offBy} ended it at ${instant(item.offAt ?? 0)}`}.`,
      ...(item && { switch: item }),
    };
  const now = clock();
  if (asked.by === undefined && (item.until === undefined || item.until > now))
    return { done: true, message: `${name(item)}: goes on; its end was moved.`, switch: item };
  const claimed = await switches.claim(item, now);
  // Moved, or ended, in this very moment: look again.
  if (!claimed.done) return turnOff(tools, asked, { remove, name });
  const note = await remove(claimed.item ?? item);
  const by = asked.by ?? 'its end';
  await switches.end(item, by, clock(), note);
  const message = `${name(item)}: off.${note === undefined ? '' : ` ${note}`}`;
  await tell(tools, item, {
    on: false,
    by,
    lines: [
      `${name(item)}: ended by ${by}; ${item.by} turned it on at ${instant(item.at)}.`,
      ...(note === undefined ? [] : [note]),
    ],
  });
  const after = await switches.find(asked.application, asked.switch);
  return { done: true, message, ...(after && { switch: after }) };
};
