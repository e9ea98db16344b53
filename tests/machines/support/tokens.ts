import type { Faults } from '@forseti/embedded-cloud';
import type { TestStack } from './testStack';

interface Token {
  readonly token: string;
  /** The function that got the token from the machine. */
  readonly owner: string;
  readonly invocations: { died: number };
}

/** Notes which function got each task token from the machine, and whether that invocation was made to die. */
export const watchTokens = (faults: Faults) => {
  const tokens = new Map<string, Token>();
  return {
    faults: {
      ...faults,
      invocation: (seen) => {
        const fault = faults.invocation?.(seen);
        const { token } = (seen.event ?? {}) as { token?: string };
        if (token === undefined) return fault;
        const known = tokens.get(token) ?? { token, owner: seen.functionName, invocations: { died: 0 } };
        if (fault !== undefined) known.invocations.died += 1;
        tokens.set(token, known);
        return fault;
      },
    } satisfies Faults as Faults,
    /** Who answered which token and how often Step Functions took it, and which tokens were never answered. */
    judge: ({ cloud }: TestStack) => {
      const sent = cloud.calls.list
        .filter(({ action }) => action === 'SendTaskSuccess' || action === 'SendTaskFailure')
        .map(({ caller, input, error }) => ({
          caller,
          token: (input as { taskToken: string }).taskToken,
          taken: error === undefined,
        }));
      return {
        answers: sent.map(({ caller, token }) => ({
          caller,
          owner: tokens.get(token)?.owner,
          accepted: sent.filter((one) => one.token === token && one.taken).length,
        })),
        unanswered: [...tokens.values()].filter(({ token }) => !sent.some((one) => one.token === token)),
      };
    },
  };
};
