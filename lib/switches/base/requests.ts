import * as z from 'zod';
import { applicationName, parsed, word } from '../../engine/input';

export const application = applicationName;
export const by = word(256);
export const reason = word(256);
/** A minute to a week. */
export const forSeconds = z
  .number()
  .int()
  .min(60)
  .max(7 * 24 * 3_600);

/** The end that is asked for holds, also if it is earlier than that of what is on already. */
export const shortenFlag = z.boolean().optional();

/** From a person: ends a maintenance page or a warm-up, of which an application has one each. */
export const endSchema = z.strictObject({ application, by });

/** From the machine and the sweep: ends a switch of this kind whose time is over. */
export const dueSchemaOf = (...kinds: readonly [string, ...string[]]) =>
  z.strictObject({
    application: z.string().min(1).max(30),
    switch: z.string().min(1).max(256),
    kind: z.enum(kinds),
    until: z.iso.datetime(),
    /** Only a warm-up's: when capacity is reserved. */
    reserveAt: z.iso.datetime().optional(),
  });

/** Whether a request comes from the machine, not from a person. */
export const isDue = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'switch' in input;

/** @throws InvalidRequest */
export const parsedDue = (input: unknown, kind: string) =>
  parsed(dueSchemaOf(kind), input, 'the end of a switch');
