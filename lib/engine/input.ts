import * as z from 'zod';
import { InvalidRequest } from './errors';

/** The answer to a person's request. */
export interface Answer {
  readonly done: boolean;
  readonly message: string;
  readonly deployment?: string;
}

export const word = (most: number) => z.string().min(1).max(most);

export const applicationName = z
  .string({ error: 'expected the name of an application, for example "api"' })
  .regex(/^[a-z][a-z0-9-]{0,29}$/, 'expected the name of an application, for example "api"');

/** One sentence for each problem of an input. */
const problemsOf = ({ issues }: z.ZodError, known: readonly string[]): string[] =>
  issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.map((key) => `"${key}"`).join(', ')}: not known; expected ${known.join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );

const kindOf = (input: unknown): string =>
  Array.isArray(input) ? 'a list' : input === null ? 'null' : `a ${typeof input}`;

/**
 * Parses the input of a machine or a function.
 * @param what what the input requests: "a deployment".
 * @param example shown if the input is no object at all.
 * @throws InvalidRequest that lists all problems.
 */
export const parsed = <Output>(
  of: z.ZodType<Output> & { shape: object },
  input: unknown,
  what: string,
  example?: string,
): Output => {
  const expected = example === undefined ? 'an object' : `an object such as ${example}`;
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidRequest(`The input is ${kindOf(input)}; expected ${expected}.`);
  const result = of.safeParse(input);
  if (result.success) return result.data;
  throw new InvalidRequest(`The input is not a request for ${what}.`, {
    problems: problemsOf(result.error, Object.keys(of.shape)),
  });
};
