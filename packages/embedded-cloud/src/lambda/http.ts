/** An HTTP request as somebody on the internet sends it. */
export interface HttpRequest {
  /** Absolute: `https://ID.lambda-url.REGION.on.aws/path?query`. */
  readonly url: string;
  /** `GET` by default. */
  readonly method?: string;
  /** In whatever case; several values of one name as a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** `203.0.113.1` by default, an address of the block for documentation. */
  readonly sourceIp?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; `set-cookie` apart, which may stand several times. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** The values of each name, in lower case, joined as Lambda does. */
export const lowerCased = (headers: HttpRequest['headers'] = {}): Record<string, string> => {
  const joined = new Map<string, string[]>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    joined.set(key, [...(joined.get(key) ?? []), ...(typeof value === 'string' ? [value] : value)]);
  }
  return Object.fromEntries([...joined].map(([name, values]) => [name, values.join(',')]));
};

export const textResponse = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  cookies: [],
  body: new TextEncoder().encode(body),
});
