import type {
  FunctionConfiguration,
  GetFunctionCommandInput,
  GetFunctionCommandOutput,
  GetFunctionConfigurationCommandInput,
  PutFunctionConcurrencyCommandInput,
  PutFunctionConcurrencyCommandOutput,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { checkReservation } from '../concurrency';
import type { Functions } from '../functions';
import type { LambdaFunction } from '../state';

type Answer<Output> = Omit<Output, '$metadata'>;

const configurationOf = (definition: LambdaFunction): FunctionConfiguration => ({
  FunctionName: definition.functionName,
  FunctionArn: definition.functionArn,
  Handler: definition.handler,
  Role: definition.roleArn,
  Timeout: definition.timeoutSeconds,
  MemorySize: definition.memoryMb,
  Environment: { Variables: { ...definition.environment } },
  Runtime: 'nodejs24.x',
  Version: '$LATEST',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  PackageType: 'Zip',
});

export const getFunction = (
  lambda: Functions,
): Action<GetFunctionCommandInput, Answer<GetFunctionCommandOutput>> => ({
  requires: (input, region) => [
    { action: 'lambda:GetFunction', resource: lambda.arnOf(region, input.FunctionName ?? '') },
  ],
  run: (input) => {
    const definition = lambda.find(input.FunctionName ?? '');
    const reserved = definition.reservedConcurrency;
    return {
      Configuration: configurationOf(definition),
      ...(reserved !== undefined && { Concurrency: { ReservedConcurrentExecutions: reserved } }),
    } satisfies Answer<GetFunctionCommandOutput>;
  },
});

export const getFunctionConfiguration = (
  lambda: Functions,
): Action<GetFunctionConfigurationCommandInput, FunctionConfiguration> => ({
  requires: (input, region) => [
    { action: 'lambda:GetFunctionConfiguration', resource: lambda.arnOf(region, input.FunctionName ?? '') },
  ],
  run: (input) => configurationOf(lambda.find(input.FunctionName ?? '')),
});

export const putFunctionConcurrency = (
  lambda: Functions,
): Action<PutFunctionConcurrencyCommandInput, Answer<PutFunctionConcurrencyCommandOutput>> => ({
  requires: (input, region) => [
    { action: 'lambda:PutFunctionConcurrency', resource: lambda.arnOf(region, input.FunctionName ?? '') },
  ],
  run: (input, region) => {
    const reserved = input.ReservedConcurrentExecutions;
    if (reserved === undefined || !Number.isInteger(reserved) || reserved < 0)
      throw new AwsError(
        'InvalidParameterValueException',
        'ReservedConcurrentExecutions must be 0 or more.',
        {
          Type: 'User',
        },
      );
    const found = lambda.find(input.FunctionName ?? '');
    checkReservation(region, region.service('lambda').state.functions, found.functionName, reserved);
    found.reservedConcurrency = reserved;
    return { ReservedConcurrentExecutions: reserved } satisfies Answer<PutFunctionConcurrencyCommandOutput>;
  },
});
