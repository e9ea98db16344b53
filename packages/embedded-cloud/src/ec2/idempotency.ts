/**
 * Client tokens: the same token with the same parameters gives what the first request made; with others it is refused
 * (EC2 Developer Guide, "Ensuring idempotency in Amazon EC2 API requests").
 */
import { AwsError } from '../core/errors';
import type { Ec2State } from './state';

interface Tokened {
  readonly ClientToken?: string | undefined;
}

/** Same JSON for the same parameters, whatever their order. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, canonical(member)]));
};

const parametersOf = (input: object) => JSON.stringify(canonical({ ...input, ClientToken: undefined }));

/**
 * What an earlier request of this token made; undefined where there was none.
 * @throws AwsError IdempotentParameterMismatch
 */
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
