import type {
  FunctionUrlAuthType,
  GetFunctionUrlConfigCommandInput,
  GetFunctionUrlConfigCommandOutput,
} from '@aws-sdk/client-lambda';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { functionUrlOf } from '../functionUrls';
import type { Functions } from '../functions';

type Answer<Output> = Omit<Output, '$metadata'>;

/** API reference, GetFunctionUrlConfig: a function without a URL answers as one that is not there. The times are not kept. */
export const getFunctionUrlConfig = (
  lambda: Functions,
): Action<GetFunctionUrlConfigCommandInput, Partial<Answer<GetFunctionUrlConfigCommandOutput>>> => ({
  requires: (input, region) => [
    { action: 'lambda:GetFunctionUrlConfig', resource: lambda.arnOf(region, input.FunctionName ?? '') },
  ],
  run: (input, region) => {
    const { functionName, functionArn } = lambda.find(input.FunctionName ?? '');
    const { urls = {} } = region.service('lambda').state;
    const url = Object.values(urls).find((one) => one.functionName === functionName);
    if (!url)
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
        statusCode: 404,
        Type: 'User',
      });
    return {
      FunctionUrl: functionUrlOf(url.urlId, region.name),
      FunctionArn: functionArn,
      AuthType: url.authType satisfies FunctionUrlAuthType,
      InvokeMode: 'BUFFERED',
    } satisfies Partial<Answer<GetFunctionUrlConfigCommandOutput>>;
  },
});
