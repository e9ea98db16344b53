import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { AwsError } from '../../core/errors';
import type { Action } from '../../core/service';
import { limits } from '../answer';
import type { Functions } from '../functions';

const textOf = (payload: InvokeCommandInput['Payload']): string => {
  if (payload === undefined) return '{}';
  const text = typeof payload === 'string' ? payload : new TextDecoder().decode(payload as Uint8Array);
  return text === '' ? '{}' : text;
};

const tooLarge = (bytes: number, isEvent: boolean): string =>
  isEvent
    ? `${String(bytes)} byte payload is too large for the Event invocation type (limit ${String(limits.asynchronous)} bytes)`
    : `Request must be smaller than ${String(limits.request)} bytes for the InvokeFunction operation`;

/** @throws AwsError if the payload is too long or not JSON */
const check = (text: string, isEvent: boolean): void => {
  const bytes = Buffer.byteLength(text);
  if (bytes > (isEvent ? limits.asynchronous : limits.request))
    throw new AwsError('RequestEntityTooLargeException', tooLarge(bytes, isEvent), { statusCode: 413 });
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
      { Type: 'User' },
    );
  }
};

type Output = Omit<InvokeCommandOutput, '$metadata' | 'Payload'> & { readonly Payload?: Uint8Array };

/**
 * Invoke: `RequestResponse` waits for the response, `Event` queues the event, `DryRun` only checks (API Reference,
 * "Invoke").
 */
export const invoke = (lambda: Functions): Action<InvokeCommandInput, Output> => ({
  requires: (input, region) => [
    { action: 'lambda:InvokeFunction', resource: lambda.arnOf(region, input.FunctionName ?? '') },
  ],
  run: async (input) => {
    const definition = lambda.find(input.FunctionName ?? '');
    const type = input.InvocationType ?? 'RequestResponse';
    if (type === 'DryRun') return { StatusCode: 204 } satisfies Output;
    const text = textOf(input.Payload);
    check(text, type === 'Event');
    if (type === 'Event') {
      lambda.enqueue(definition, text);
      return { StatusCode: 202 } satisfies Output;
    }
    const outcome = await lambda.invokeText(definition, text);
    const answer = 'payload' in outcome ? outcome.payload : JSON.stringify(outcome.error);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      ...('error' in outcome && { FunctionError: 'Unhandled' }),
      Payload: new TextEncoder().encode(answer),
    } satisfies Output;
  },
});
