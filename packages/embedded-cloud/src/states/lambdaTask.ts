import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { AwsError } from '../core/errors';
import type { Region } from '../core/service';
import { StateFailure } from './failure';
import type { Execution, Machine } from './state';

const plainFunction = /^arn:[^:]+:lambda:[^:]+:\d+:function:/;
const invoke = /^arn:[^:]+:states:::lambda:invoke(\.waitForTaskToken)?$/;

export const isModelled = (resource: string): boolean =>
  plainFunction.test(resource) || invoke.test(resource);
export const waitsForToken = (resource: string): boolean => resource.endsWith('.waitForTaskToken');

interface Work {
  readonly functionName: string;
  readonly payload: unknown;
}

/**
 * The function and payload of a Task. `lambda:invoke` has them in FunctionName and Payload. A plain ARN is the
 * function, and the input its payload.
 */
const workOf = (resource: string, input: unknown): Work => {
  if (plainFunction.test(resource)) return { functionName: resource, payload: input };
  const { FunctionName, Payload } = input as { FunctionName: string; Payload?: unknown };
  return { functionName: FunctionName, payload: Payload ?? {} };
};

const parse = (bytes: Uint8Array | undefined): unknown => {
  const text = bytes ? Buffer.from(bytes).toString('utf8') : '';
  return text === '' ? null : (JSON.parse(text) as unknown);
};

/** The error name is the function's errorType. The cause is Lambda's whole response. */
const functionFailure = (payload: unknown): StateFailure => {
  const { errorType } = (payload ?? {}) as { errorType?: string };
  return new StateFailure(errorType ?? 'Lambda.Unknown', JSON.stringify(payload));
};

/** Lambda's own errors keep their name. A denied call appears as the SDK's general exception. */
const refusal = (error: AwsError): StateFailure => {
  const named = error.code === 'AccessDeniedException' ? 'AWSLambdaException' : error.code;
  const status = String(error.details.statusCode ?? 400);
  const why = `${error.message} (Service: Lambda, Status Code: ${status})`;
  return new StateFailure(`Lambda.${named}`, why);
};

/**
 * Invokes a Task's function with the machine's own role.
 *
 * @returns the Task's result: the function's response for a plain ARN, `{Payload, StatusCode, …}` for
 *   `lambda:invoke`
 * @throws StateFailure
 */
export const runLambda = async (
  region: Region,
  machine: Machine,
  execution: Execution,
  resource: string,
  input: unknown,
): Promise<unknown> => {
  const { functionName, payload } = workOf(resource, input);
  const caller = { kind: 'function', arn: machine.roleArn, name: execution.name } as const;
  const request = {
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(payload)),
  };
  try {
    const answer = await region.call<InvokeCommandOutput>(caller, 'lambda', 'Invoke', request);
    const result = parse(answer.Payload);
    if (answer.FunctionError) throw functionFailure(result);
    if (plainFunction.test(resource)) return result;
    return { ExecutedVersion: answer.ExecutedVersion ?? '$LATEST', Payload: result, StatusCode: 200 };
  } catch (error) {
    if (error instanceof AwsError) throw refusal(error);
    throw error;
  }
};
