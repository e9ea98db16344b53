import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Table } from '../../../lib/aws/table';
import type { SwitchItem } from '../../../lib/switches/base/item';
import { Switches } from '../../../lib/switches/base/store';
import { type AnySwitch, type AnySwitchAnswer, anySwitch } from '../../../lib/switches/kinds';
import type { TestStack } from './testStack';

/** A person's request to a function of the switches: its answer, or the error by name. */
export const turn = async (
  stack: TestStack,
  name: string,
  input: object,
): Promise<AnySwitchAnswer & { readonly errorType?: string; readonly errorMessage?: string }> => {
  const { Payload: payload } = await stack.session.connect(LambdaClient).send(
    new InvokeCommand({
      FunctionName: `forseti-production-${name}`,
      Payload: new TextEncoder().encode(JSON.stringify(input)),
    }),
  );
  return JSON.parse(new TextDecoder().decode(payload)) as AnySwitchAnswer;
};

export const switchesOf = (stack: TestStack): Promise<AnySwitch[]> =>
  new Switches(new Table<SwitchItem>(stack.dynamodb, 'forseti-production-switches'), anySwitch).list('api');

/** Ingress rules as `port cidr`. */
export const openPorts = (stack: TestStack): string[] =>
  Object.values(stack.region.service('ec2').state.securityGroupRules ?? {}).map(
    ({ fromPort, cidrIpv4, cidrIpv6 }) => `${String(fromPort)} ${cidrIpv4 ?? cidrIpv6 ?? ''}`,
  );

/** Functions that die at their first `times` invocations. */
export const dying = (name: string, times: number, how: 'before' | 'after' | 'hang' = 'before') => {
  let left = times;
  return {
    faults: {
      invocation: ({ functionName }: { readonly functionName: string }) =>
        functionName.endsWith(`-${name}`) && left-- > 0 ? how : undefined,
    },
    died: () => times - Math.max(0, left),
  };
};

/** Changes of the fleet's surroundings by functions since. */
export const changesBy = (stack: TestStack): string[] =>
  stack.cloud.calls.mutating
    .filter(
      ({ caller, service, error }) =>
        caller.startsWith('forseti-') &&
        ['ec2', 'elasticloadbalancing', 'autoscaling'].includes(service) &&
        error === undefined,
    )
    .map(({ action }) => action);
