import * as z from 'zod';
import { checkVersion } from '../application/version';
import { problemsOf } from '../deployment/request';
import { InvalidRequest } from '../deployment/errors';

const word = (most: number) => z.string().min(1).max(most);

/** What the rollback machine takes: what a person can type in the console, and what an alarm sends. */
export const rollbackRequestSchema = z.strictObject({
  application: z
    .string({ error: 'expected the name of an application, for example "api"' })
    .regex(/^[a-z][a-z0-9-]{0,29}$/, 'expected the name of an application, for example "api"'),
  version: z
    .string()
    .superRefine((version, context) => {
      const message = checkVersion(version);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('The release to go to; the last one that is marked good unless given.'),
  fast: z
    .boolean()
    .optional()
    .describe('Twice the capacity for a while: all instances are replaced at once, without checkpoints.'),
  reason: word(256).optional(),
  requestedBy: word(256).optional(),
  alarm: z
    .strictObject({ name: word(255), changedAt: z.number().int().positive() })
    .optional()
    .describe('The alarm that asks, and when it rang (epoch milliseconds).'),
  requestKey: word(128).optional(),
});

export type RollbackRequest = z.output<typeof rollbackRequestSchema>;

/** @throws InvalidRequest that lists all problems. */
export const parseRollbackRequest = (input: unknown): RollbackRequest => {
  const example = '{"application": "api"} or {"application": "api", "version": "v1.4.1"}';
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidRequest(`The input is no object; expected one such as ${example}.`);
  const parsed = rollbackRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest('The input is not a request for a rollback.', {
    problems: problemsOf(parsed.error, Object.keys(rollbackRequestSchema.shape)),
  });
};
