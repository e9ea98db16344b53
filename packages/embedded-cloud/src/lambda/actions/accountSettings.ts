import type { GetAccountSettingsCommandInput, GetAccountSettingsCommandOutput } from '@aws-sdk/client-lambda';
import type { Action } from '../../core/service';
import { accountConcurrency } from '../concurrency';

/** Lambda quotas: 75 GB of code, 250 MB unpacked, 50 MB zipped. */
const codeLimits = {
  TotalCodeSize: 80_530_636_800,
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
};

export const getAccountSettings: Action<
  GetAccountSettingsCommandInput,
  Omit<GetAccountSettingsCommandOutput, '$metadata'>
> = {
  requires: () => [{ action: 'lambda:GetAccountSettings', resource: '*' }],
  run: (_, region) => {
    const { functions } = region.service('lambda').state;
    const { limit, unreserved } = accountConcurrency(region, functions);
    return {
      AccountLimit: {
        ...codeLimits,
        ConcurrentExecutions: limit,
        UnreservedConcurrentExecutions: unreserved,
      },
      AccountUsage: { TotalCodeSize: 0, FunctionCount: Object.keys(functions).length },
    };
  },
};
