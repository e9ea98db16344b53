/** An HTTP request from the internet. */
export interface HttpRequest {
  /** Absolute: `https://ID.lambda-url.REGION.on.aws/path?query`. */
  readonly url: string;
  /** `GET` by default. */
  readonly method?: string;
  /** In any case. A header with several values has a list. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** `203.0.113.1` by default, a documentation address. */
  readonly sourceIp?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Names are in lower case. `set-cookie` is apart, since it may occur several times. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** The headers with names in lower case and the values of each name joined as Lambda does. */
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
