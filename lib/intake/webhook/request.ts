/** What Lambda hands to a function behind a function URL (payload format 2.0), as far as we read it. */
export interface FunctionUrlEvent {
  /** Names in lower case; several values of one name joined by commas. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly http: { readonly method: string };
    /** Epoch milliseconds at which the request arrived. A cold start comes after it. */
    readonly timeEpoch?: number;
  };
}

/** Bytes. Pushes of a tag are some ten KiB; Lambda itself would hand over up to 6 MiB. */
export const maxBytes = 1_048_576;

export const header = ({ headers = {} }: FunctionUrlEvent, name: string): string | undefined =>
  headers[name] ?? Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

/** The body's length in bytes, without decoding it. */
export const bodyBytes = ({ body = '', isBase64Encoded = false }: FunctionUrlEvent): number =>
  isBase64Encoded ? Buffer.byteLength(body, 'base64') : Buffer.byteLength(body);

/** The bytes that the sender signed. */
export const rawBody = ({ body = '', isBase64Encoded = false }: FunctionUrlEvent): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

/** The media type without its parameters, in lower case: `application/json`. */
export const mediaType = (event: FunctionUrlEvent): string =>
  (header(event, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
