import * as z from 'zod';
import { concurrencies } from '../application/concurrencies';
import { strategies } from '../application/strategies';
import { checkVersion } from '../application/version';
import { applicationName, parsed, word } from '../engine/input';

/** What the deploy machine takes: what a person can type in the console, and what the intake sends. */
export const deployRequestSchema = z.strictObject({
  application: applicationName,
  version: z.unknown().transform((version, context) => {
    const message = checkVersion(version);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
    return version as string;
  }),
  image: z
    .string()
    .regex(/^ami-[0-9a-f]{8,17}$/, 'expected the id of an image, for example "ami-0123456789abcdef0"')
    .optional()
    .describe('A ready image: nothing is provisioned, nothing baked.'),
  imageFrom: z
    .literal('running')
    .optional()
    .describe(
      'The image is made of the fleet as it is, which runs the version already: nothing is provisioned.',
    ),
  extraVars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an Ansible variable'),
      z.union([z.string().max(1024), z.number(), z.boolean()]),
    )
    .optional(),
  strategy: z.enum(strategies).optional(),
  /** The failed deployment whose image and launch template version are used again. */
  resumeFrom: word(80).optional(),
  despiteFreeze: word(256).optional().describe('Why the deployment goes on in spite of a freeze.'),
  despiteAlarms: word(256).optional().describe('Why it goes on although alarms that gate it ring already.'),
  reason: word(256).optional(),
  requestedBy: word(256).optional(),
  /** Epoch milliseconds at which a tag was pushed; an older tag than the last accepted one is superseded. */
  pushedAt: z.number().int().positive().optional(),
  /** Epoch milliseconds at which the tag arrived at the webhook, or at the requests queue. */
  arrivedAt: z.number().int().positive().optional(),
  concurrency: z
    .enum(concurrencies)
    .optional()
    .describe(
      'While another deployment runs: refuse, or wait for its end. The settings decide unless given.',
    ),
  /** The key under which the intake took the request (lib/intake/names.ts). */
  requestKey: word(128).optional(),
});

export type DeployRequest = z.output<typeof deployRequestSchema>;

/** `imageFrom: running` takes the fleet as it is, so it excludes options that need another image or provisioning. */
const refused = ['image', 'strategy', 'extraVars', 'resumeFrom'] as const;

const checkedRequestSchema = deployRequestSchema.superRefine((request, context) => {
  if (request.imageFrom === undefined) return;
  for (const name of refused)
    if (request[name] !== undefined)
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'goes with no imageFrom "running", which takes the fleet as it is; leave one of both out',
      });
});

/** @throws InvalidRequest that lists all problems. */
export const parseDeployRequest = (input: unknown): DeployRequest =>
  parsed(checkedRequestSchema, input, 'a deployment', '{"application": "api", "version": "v1.4.2"}');
