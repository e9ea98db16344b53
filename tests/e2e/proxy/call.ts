import type { IncomingHttpHeaders } from 'node:http';

/** One request to AWS, as far as it can be read from outside. */
export interface Call {
  /** IAM's prefix of the service: `autoscaling`, `states`, `cloudwatch`. */
  readonly service: string;
  /** The API's own name: `StartExecution`. */
  readonly action: string;
  readonly region: string;
  /** The access key that signed; empty without a signature. */
  readonly accessKeyId: string;
}

/** SigV4's scope has other names for two services than IAM. */
const prefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

const lambdaActions: readonly (readonly [method: string, path: RegExp, action: string])[] = [
  ['POST', /\/functions\/[^/]+\/invocations$/, 'Invoke'],
  ['GET', /\/functions\/[^/]+\/url$/, 'GetFunctionUrlConfig'],
  ['PUT', /\/functions\/[^/]+\/configuration$/, 'UpdateFunctionConfiguration'],
  ['GET', /\/functions\/[^/]+$/, 'GetFunction'],
  ['GET', /\/account-settings\/?$/, 'GetAccountSettings'],
  ['GET', /\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
  ['PUT', /\/event-source-mappings\/[^/]+$/, 'UpdateEventSourceMapping'],
  ['GET', /\/event-source-mappings\/[^/]+$/, 'GetEventSourceMapping'],
];

const restAction = (service: string, method: string, path: string): string => {
  if (service === 's3') return `${method} object or bucket`;
  const known = lambdaActions.find(([verb, pattern]) => verb === method && pattern.test(path));
  return known?.[2] ?? `${method} ${path}`;
};

const textOf = (header: string | string[] | undefined): string =>
  Array.isArray(header) ? (header[0] ?? '') : (header ?? '');

/**
 * Reads service, region and signer from SigV4's credential scope. Reads the action from where the service's protocol
 * has it: `X-Amz-Target` (JSON), a path (REST, RPC with CBOR), or a form's `Action` (Query).
 * @returns undefined without a signature, which is no call of an SDK.
 */
export const callOf = (
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Call | undefined => {
  const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(
    textOf(headers.authorization),
  );
  if (!scope) return undefined;
  const [, accessKeyId = '', region = '', scoped = ''] = scope;
  const service = prefixes[scoped] ?? scoped;
  const target = textOf(headers['x-amz-target']);
  const path = url.split('?', 1)[0] ?? '';
  const operation = /\/operation\/([A-Za-z]+)$/.exec(path)?.[1];
  const form = textOf(headers['content-type']).startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(body.toString('utf8')).get('Action')
    : null;
  const named = target === '' ? (operation ?? form) : (target.split('.').at(-1) ?? '');
  return { service, action: named ?? restAction(service, method, path), region, accessKeyId };
};

/** The error's code in any of AWS's protocols, or else the status. */
export const errorOf = (status: number, headers: IncomingHttpHeaders, body: Buffer): string | undefined => {
  if (status < 400) return undefined;
  const text = body.toString('utf8');
  const code =
    textOf(headers['x-amzn-query-error']).split(';', 1)[0] ||
    textOf(headers['x-amzn-errortype']).split(':', 1)[0] ||
    /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ||
    /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ||
    String(status);
  return code.split('#').at(-1);
};
