/** What the sender of a webhook gets as an answer; never anything of its secret or its body. */
export interface WebhookAnswer {
  /** Whether this delivery put a request on the queue. */
  readonly accepted: boolean;
  /** Why not, in a sentence. */
  readonly reason?: string;
  readonly delivery?: string;
  readonly request?: {
    readonly repository: string;
    readonly tag: string;
    readonly commit: string;
  };
}

/** A status and what goes with it. */
export interface WebhookReply {
  readonly status: number;
  readonly answer: WebhookAnswer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const refuse = (
  status: number,
  reason: string,
  headers?: Readonly<Record<string, string>>,
): WebhookReply => ({
  status,
  answer: { accepted: false, reason },
  ...(headers && { headers }),
});

/** In the form that a function URL takes (payload format 2.0). */
export const toHttp = ({ status, answer, headers }: WebhookReply) => ({
  statusCode: status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(answer),
});
