import { types } from 'node:util';

/** The payload of a failed invocation. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended: its payload as JSON text, or its error. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionError };

/**
 * Lambda quotas, in bytes. A response may be 100 bytes longer than a request. Asynchronous payloads hold 1 MB since
 * 2025.
 */
export const limits = { request: 6_291_456, response: 6_291_556, asynchronous: 1_048_576 } as const;

/**
 * A thrown value as the Node.js runtime reports it. The trace holds only frames of the function's own code, since
 * those of this machine's files would differ between machines.
 */
export const errorOf = (thrown: unknown): FunctionError => {
  if (!(thrown instanceof Error || types.isNativeError(thrown)))
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  const lines = (thrown.stack ?? '').split('\n');
  const trace = lines.filter((line) => !/^\s+at /.test(line) || line.includes('/var/task/'));
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
};

/** The error of a function that timed out. It has no trace. */
export const timedOut = (requestId: string, timeoutSeconds: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
});

/** The error of a sandbox that died. */
export const exited = (requestId: string): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
});

/** A handler's return value as Lambda passes it on. */
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
