import { type HttpResponse, lowerCased, textResponse } from './http';

/** The caller gets no more than this. The error itself is in the function's log. */
export const badGateway = (): HttpResponse => textResponse(502, 'Internal Server Error');

interface Structured {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly unknown[];
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isStructured = (value: unknown): value is Structured => isObject(value) && 'statusCode' in value;

const isWellFormed = ({ statusCode, headers = {}, cookies = [], body = '' }: Structured): boolean =>
  Number.isInteger(statusCode) &&
  statusCode >= 100 &&
  statusCode <= 599 &&
  isObject(headers) &&
  Object.values(headers).every((value) => ['string', 'number', 'boolean'].includes(typeof value)) &&
  Array.isArray(cookies) &&
  typeof body === 'string';

/**
 * A function's return value as an HTTP response. A value with a `statusCode` has payload format 2.0. Any other is
 * the body of a 200 with `application/json` (Developer Guide, "Invoking Lambda function URLs").
 * @param payload JSON text
 */
export const urlAnswer = (payload: string): HttpResponse => {
  const value: unknown = JSON.parse(payload);
  if (!isStructured(value)) return textResponse(200, typeof value === 'string' ? value : payload);
  if (!isWellFormed(value)) return badGateway();
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = value;
  const texts = Object.entries(headers).map(([name, text]) => [name, String(text)] as const);
  return {
    status: statusCode,
    headers: { 'content-type': 'application/json', ...lowerCased(Object.fromEntries(texts)) },
    cookies: cookies.map(String),
    body: new Uint8Array(Buffer.from(body as string, isBase64Encoded === true ? 'base64' : 'utf8')),
  };
};
