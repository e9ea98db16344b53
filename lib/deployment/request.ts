import * as z from 'zod';
import { concurrencies } from '../application/concurrencies';
import { strategies } from '../application/strategies';
import { ansibleTagPattern } from '../application/provisioningDocument';
import { checkVersion, commitPattern } from '../application/version';
import { applicationName, parsed, word } from '../engine/input';

const ansibleTags = z
  .array(z.string().regex(ansibleTagPattern, 'expected a tag of Ansible, for example "web"'))
  .min(1)
  .max(50);

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
  tags: ansibleTags.optional().describe("Of the playbook, instead of the settings': only these are run."),
  skipTags: ansibleTags.optional().describe("Of the playbook, instead of the settings': these are left out."),
  commit: z
    .string()
    .regex(commitPattern, 'expected a commit, for example "8f14e45fceea167a5a36dedd4bea2543cdb2c3f7"')
    .optional()
    .describe("The commit that the version's tag names."),
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

/** What is handed to the provisioning, which an image that is ready or taken as it is does without. */
const handed = ['extraVars', 'tags', 'skipTags'] as const;

/** Options that leave others without a meaning: what would be dropped is refused. */
const excluded = {
  imageFrom: {
    names: ['image', 'strategy', 'resumeFrom', ...handed],
    why: 'goes with no imageFrom "running", which takes the fleet as it is; leave one of both out',
  },
  image: { names: handed, why: 'goes with no image, since nothing is provisioned; leave one of both out' },
  resumeFrom: {
    names: handed,
    why: 'goes with no resumeFrom, which uses an image that is ready; leave one of both out',
  },
} as const;

/** Adds a problem for each option that another one leaves without a meaning. */
export const refuseExcluded = (
  request: z.output<typeof deployRequestSchema>,
  context: Pick<z.RefinementCtx, 'addIssue'>,
): void => {
  const option = (['imageFrom', 'resumeFrom', 'image'] as const).find((name) => request[name] !== undefined);
  if (option === undefined) return;
  const { names, why } = excluded[option];
  for (const name of names)
    if (request[name] !== undefined) context.addIssue({ code: 'custom', path: [name], message: why });
};

const checkedRequestSchema = deployRequestSchema.superRefine(refuseExcluded);

/** @throws InvalidRequest that lists all problems. */
export const parseDeployRequest = (input: unknown): DeployRequest =>
  parsed(checkedRequestSchema, input, 'a deployment', '{"application": "api", "version": "v1.4.2"}');
