import { AwsError, type Faults } from '@forseti/embedded-cloud';

/** How a function fails at every try. Pings and dry runs succeed. */
export const hows = [
  'dies before its effect',
  'dies after its effect',
  'never answers',
  'is throttled',
] as const;
export type How = (typeof hows)[number];

const isChange = (action: string, input: unknown): boolean =>
  !/^(Describe|Get|List)/.test(action) && (input as { DryRun?: boolean } | undefined)?.DryRun !== true;

const throttled = new AwsError('RequestLimitExceeded', 'Request limit exceeded.', { statusCode: 503 });

/**
 * @param names the functions' own names.
 * @param tablesToo throttles calls to Forseti's own tables too, for states that call nothing else. Without it only
 *   calls to the fleet are throttled.
 */
export const failing = (how: How, names: readonly string[], tablesToo = false): Faults => {
  const isMeant = (name: string): boolean => names.some((one) => name.endsWith(`-${one}`));
  if (how === 'is throttled')
    return {
      call: ({ caller, service, action, input }) =>
        isMeant(caller.name) && (tablesToo || (service !== 'dynamodb' && isChange(action, input)))
          ? { before: throttled }
          : undefined,
    };
  const fault = (
    { 'dies before its effect': 'before', 'dies after its effect': 'after', 'never answers': 'hang' } as const
  )[how];
  return {
    invocation: ({ functionName, event }) => {
      const { warm, dryRun } = (event ?? {}) as { warm?: true; dryRun?: true };
      return warm !== true && dryRun !== true && isMeant(functionName) ? fault : undefined;
    },
  };
};

/** Asks the first faults, then the second. */
export const both = (first: Faults, second: Faults): Faults => ({
  call: (seen) => first.call?.(seen) ?? second.call?.(seen),
  invocation: (seen) => first.invocation?.(seen) ?? second.invocation?.(seen),
  event: (region, event) => first.event?.(region, event) ?? second.event?.(region, event),
  message: (region, queue, body) =>
    first.message?.(region, queue, body) ?? second.message?.(region, queue, body),
});

/** Faults that can be removed while the cloud runs, even with others on top of them. */
export const liftable = (faults: Faults) => {
  let current = faults;
  return {
    faults: {
      call: (seen) => current.call?.(seen),
      invocation: (seen) => current.invocation?.(seen),
      event: (region, event) => current.event?.(region, event),
      message: (region, queue, body) => current.message?.(region, queue, body),
    } satisfies Faults as Faults,
    lift: (): void => {
      current = {};
    },
  };
};
