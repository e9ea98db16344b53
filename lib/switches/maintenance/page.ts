import type { Table } from '../../aws/table';

/** The page that load balancers show for one target group, beside the switches. */
export interface PageItem {
  /** The target group's ARN, which is all that a load balancer's request names. */
  readonly application: string;
  readonly switch: 'page';
  readonly html: string;
  /** Epoch milliseconds; absent while nobody knows the end. */
  readonly until?: number;
}

/**
 * As much of a load balancer's event as is read (Lambda developer guide, "Process Application Load Balancer requests").
 */
export interface PageRequest {
  readonly requestContext?: { readonly elb?: { readonly targetGroupArn?: string } };
}

export interface PageResponse {
  readonly statusCode: 503;
  readonly statusDescription: string;
  readonly isBase64Encoded: false;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The page where nobody gave one. Its 480 bytes fit into a fixed response. */
export const defaultPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="60"><title>Back soon</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;text-align:center}</style>
</head><body><h1>We are back soon</h1><p>This site is being worked on. Please try again in a few minutes.</p></body></html>
`;

/** Bounds of `Retry-After`, and its value while the end is not known. */
const retrySeconds = { unknown: 300, least: 5, most: 3_600 } as const;

/** Seconds, for the header `Retry-After` (RFC 9110, section 10.2.3). */
export const retryAfterSeconds = (until: number | undefined, now: number): number =>
  until === undefined
    ? retrySeconds.unknown
    : Math.min(retrySeconds.most, Math.max(retrySeconds.least, Math.ceil((until - now) / 1_000)));

const cachedMs = 10_000;

/**
 * Answers every request with 503, `Retry-After` and the page. The page is read every ten seconds at most. If it cannot be
 * read, the last one is shown, or the default one: users always see that the site comes back.
 */
export const makePage = (pages: Table<PageItem>, clock: () => number) => {
  const known = new Map<string, { readonly item: PageItem | undefined; readonly at: number }>();
  const find = async (arn: string): Promise<PageItem | undefined> => {
    const last = known.get(arn);
    if (last && clock() - last.at < cachedMs) return last.item;
    const item = await pages.get({ application: arn, switch: 'page' }).catch(() => last?.item);
    known.set(arn, { item, at: clock() });
    return item;
  };
  return async (request: PageRequest): Promise<PageResponse> => {
    const item = await find(request.requestContext?.elb?.targetGroupArn ?? 'none');
    return {
      statusCode: 503,
      statusDescription: '503 Service Unavailable',
      isBase64Encoded: false,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'retry-after': String(retryAfterSeconds(item?.until, clock())),
        'cache-control': 'no-store',
      },
      body: item?.html ?? defaultPage,
    };
  };
};
