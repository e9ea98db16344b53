import * as z from 'zod';
import { applicationName, parsed, word } from '../engine/input';

const instant = z.iso.datetime({ error: 'expected an instant, such as "2026-12-24T02:00:00.000Z"' });

/** The replace machine's input. */
export const replacementSchema = z.strictObject({
  application: applicationName,
  instance: z
    .string()
    .regex(/^i-[0-9a-f]{8,17}$/, 'expected the id of an instance, such as i-0123456789abcdef0'),
  reason: word(512).optional(),
  requestedBy: word(256).default('somebody in the console'),
  /** Not before then; at once unless set. */
  at: instant.optional(),
  /** Not begun after then; until then it is tried again. Unless set it is refused at once where it cannot be done. */
  until: instant.optional(),
  /** Key of the finding that asks for it, so that it can be told again. */
  finding: word(512).optional(),
});

export type ReplacementRequest = z.output<typeof replacementSchema>;

/** What a state of the machine hands to its function. */
export interface ReplacementEvent {
  readonly execution: string;
  readonly deployment: string;
  readonly input: unknown;
}

/** @throws InvalidRequest */
export const parseReplacement = (input: unknown): ReplacementRequest =>
  parsed(
    replacementSchema,
    input,
    'a replacement',
    '{"application": "api", "instance": "i-0123456789abcdef0", "reason": "its disk is slow"}',
  );
