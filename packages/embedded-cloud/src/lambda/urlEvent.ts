import { type HttpRequest, lowerCased } from './http';

/** What the event holds in addition to the request. */
export interface UrlCall {
  readonly urlId: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Bodies of these types reach the function as text. All others, including forms, are in base64. */
const textual = /^(?:text\/.*|application\/(?:json|javascript|xml)|application\/.*\+(?:json|xml))$/;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
const commonLogTime = (now: number): string => {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${months[Number(month) - 1] ?? ''}/${year}:${time.slice(0, 8)} +0000`;
};

const bodyOf = (body: HttpRequest['body'], contentType: string) => {
  if (body === undefined || body.length === 0) return { isBase64Encoded: false };
  const bytes = Buffer.from(body as Uint8Array);
  return textual.test(contentType.split(';')[0]?.trim().toLowerCase() ?? '')
    ? { body: bytes.toString('utf8'), isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
};

const queryOf = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));

/** The function's event in payload format 2.0 (Developer Guide, "Invoking Lambda function URLs"). */
export const urlEvent = (request: HttpRequest, { urlId, requestId, now }: UrlCall): object => {
  const { method = 'GET', sourceIp = '203.0.113.1' } = request;
  const url = new URL(request.url);
  const { cookie, ...given } = lowerCased(request.headers);
  const query = queryOf(url.searchParams);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...given,
      host: url.host,
      'x-amzn-trace-id': `Root=1-${Math.floor(now / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId: 'anonymous',
      apiId: urlId,
      domainName: url.host,
      domainPrefix: urlId,
      http: {
        method: method.toUpperCase(),
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: given['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...bodyOf(request.body, given['content-type'] ?? ''),
  };
};
