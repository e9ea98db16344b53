import * as z from 'zod';
import { strategies } from '../application/schema';
import { checkVersion } from '../application/version';
import { InvalidRequest } from './errors';

const word = (most: number) => z.string().min(1).max(most);

/** What the deploy machine takes: what a person can type in the console, and what the intake sends. */
export const deployRequestSchema = z.strictObject({
  application: z
    .string({ error: 'expected the name of an application, for example "api"' })
    .regex(/^[a-z][a-z0-9-]{0,29}$/, 'expected the name of an application, for example "api"'),
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
  extraVars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an Ansible variable'),
      z.union([z.string().max(1024), z.number(), z.boolean()]),
    )
    .optional(),
  strategy: z.enum(strategies).optional(),
  /** The deployment that failed, whose image and launch template version are used again. */
  resumeFrom: word(80).optional(),
  despiteFreeze: word(256).optional().describe('Why the deployment goes on in spite of a freeze.'),
  despiteAlarms: word(256).optional().describe('Why it goes on although alarms that gate it ring already.'),
  reason: word(256).optional(),
  requestedBy: word(256).optional(),
  /** Epoch milliseconds at which a tag was pushed; an older tag than the last accepted one is superseded. */
  pushedAt: z.number().int().positive().optional(),
  /** The key under which the intake took the request (lib/intake/names.ts). */
  requestKey: word(128).optional(),
});

export type DeployRequest = z.output<typeof deployRequestSchema>;

/** @throws InvalidRequest that lists all problems. */
export const parseDeployRequest = (input: unknown): DeployRequest => {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidRequest(
      `The input is ${Array.isArray(input) ? 'a list' : input === null ? 'null' : `a ${typeof input}`}; ` +
        'expected an object such as {"application": "api", "version": "v1.4.2"}.',
    );
  const parsed = deployRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidRequest('The input is not a request for a deployment.', {
    problems: problemsOf(parsed.error, Object.keys(deployRequestSchema.shape)),
  });
};

/** One sentence for each thing that is wrong with an input. */
export const problemsOf = ({ issues }: z.ZodError, known: readonly string[]): string[] =>
  issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.map((key) => `"${key}"`).join(', ')}: not known; expected ${known.join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
