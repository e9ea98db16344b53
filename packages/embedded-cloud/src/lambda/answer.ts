import { types } from 'node:util';

/** What Lambda gives as payload of a failed invocation. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended: its payload as JSON text, or its error. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionError };

/** Bytes: Lambda quotas. A response may be 100 bytes longer than a request; asynchronous ones hold 1 MB since 2025. */
export const limits = { request: 6_291_456, response: 6_291_556, asynchronous: 1_048_576 } as const;

/**
 * A thrown value as the Node.js runtime reports it. The trace names frames of the function's own code only: those of
 * this machine's files would differ from one machine to the next.
 */
export const errorOf = (thrown: unknown): FunctionError => {
  if (!(thrown instanceof Error || types.isNativeError(thrown)))
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  const lines = (thrown.stack ?? '').split('\n');
  const trace = lines.filter((line) => !/^\s+at /.test(line) || line.includes('/var/task/'));
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
};

/** The function's time is up; there is no trace. */
export const timedOut = (requestId: string, timeoutSeconds: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
});

/** The sandbox died. */
export const exited = (requestId: string): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
});

/** What a handler returned, as Lambda passes it on. */
export const payloadOf = (returned: unknown): Outcome => {
  const payload = JSON.stringify(returned) ?? 'null';
  const bytes = Buffer.byteLength(payload);
  if (bytes <= limits.response) return { payload };
  return {
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${String(limits.response)} bytes).`,
    },
  };
};
