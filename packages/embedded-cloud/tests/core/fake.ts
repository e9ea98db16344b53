import { AwsError } from '../../src/core/errors';
import type { Region, Service } from '../../src/core/service';

interface FakeState {
  due: { at: number; kind: string; payload: unknown }[];
  parameters: Record<string, string>;
}

/** A minimal service: two actions of SSM, and a record of due agenda entries. */
export const makeFakeSsm = (region: Region): Service<FakeState> => {
  const service: Service<FakeState> = {
    state: { due: [], parameters: {} },
    actions: {
      GetParameter: {
        requires: () => [{ action: 'ssm:GetParameter', resource: region.arn('ssm', 'parameter/x') }],
        run: ({ Name }: { Name: string }) => {
          const Value = service.state.parameters[Name];
          if (Value === undefined) throw new AwsError('ParameterNotFound', `${Name} not found`);
          return { Parameter: { Name, Value, LastModifiedDate: new Date(region.now()) } };
        },
      },
      PutParameter: {
        requires: () => [{ action: 'ssm:PutParameter', resource: region.arn('ssm', 'parameter/x') }],
        run: ({ Name, Value }: { Name: string; Value: string }) => {
          service.state.parameters[Name] = Value;
          region.schedule(1000, 'ssm', 'written', { Name });
          return { Version: 1 };
        },
      },
    },
    due: (kind, payload) => {
      service.state.due.push({ at: region.now(), kind, payload });
    },
  };
  return service;
};
