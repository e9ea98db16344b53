import * as z from 'zod';
import { checkReleaseName } from '../engine/releaseId';
import { applicationName, parsed, word } from '../engine/input';

/** The input of the rollback machine: what a person can type in the console, and what an alarm sends. */
export const rollbackRequestSchema = z.strictObject({
  application: applicationName,
  version: z
    .string()
    .superRefine((version, context) => {
      const message = checkReleaseName(version);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe(
      'The release to go to, by its version or its id such as v1.4.1@3f9a1c; the last good one of another version unless given.',
    ),
  fast: z
    .boolean()
    .optional()
    .describe('Twice the capacity for a while: all instances are replaced at once, without checkpoints.'),
  template: z
    .enum(['current', 'release'])
    .optional()
    .describe(
      'Whether the whole launch template goes back; as rollback.template of the settings unless given.',
    ),
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
export const parseRollbackRequest = (input: unknown): RollbackRequest =>
  parsed(
    rollbackRequestSchema,
    input,
    'a rollback',
    '{"application": "api"} or {"application": "api", "version": "v1.4.1"}',
  );
