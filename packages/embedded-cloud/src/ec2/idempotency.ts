/**
 * Client tokens. If a request repeats a token with the same parameters, it returns what the first request made. With
 * other parameters it is refused (EC2 Developer Guide, "Ensuring idempotency in Amazon EC2 API requests").
 */
import { AwsError } from '../core/errors';
import type { Ec2State } from './state';

interface Tokened {
  readonly ClientToken?: string | undefined;
}

/** The same JSON for the same parameters in any order. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, canonical(member)]));
};

const parametersOf = (input: object) => JSON.stringify(canonical({ ...input, ClientToken: undefined }));

/** The ids that an earlier request with this token made, or undefined. @throws AwsError IdempotentParameterMismatch */
export const madeBefore = (
  state: Ec2State,
  action: string,
  input: Tokened & object,
): readonly string[] | undefined => {
  if (input.ClientToken === undefined) return undefined;
  const remembered = state.clientTokens[`${action} ${input.ClientToken}`];
  if (remembered === undefined) return undefined;
  if (remembered.parameters !== parametersOf(input)) {
    throw new AwsError(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  }
  return remembered.made;
};

export const remember = (
  state: Ec2State,
  action: string,
  input: Tokened & object,
  made: readonly string[],
): void => {
  if (input.ClientToken === undefined) return;
  state.clientTokens[`${action} ${input.ClientToken}`] = { parameters: parametersOf(input), made };
};
