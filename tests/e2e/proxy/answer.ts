import type { IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call that is refused before an emulator sees it, as AWS would word it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** As the JSON services answer. */
export const json = (status: number, content: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: Buffer.from(JSON.stringify(content)),
});

/** In EC2's own form, that of the other Query services, or JSON. */
export const refuse = (service: string, { status, code, message }: Refusal): Answer => {
  const xml = (text: string): Answer => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(text),
  });
  const error = `<Code>${code}</Code><Message>${message}</Message>`;
  if (service === 'ec2')
    return xml(`<Response><Errors><Error>${error}</Error></Errors><RequestID>refused</RequestID></Response>`);
  if (service === 'autoscaling' || service === 'elasticloadbalancing')
    return xml(
      `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>refused</RequestId></ErrorResponse>`,
    );
  return json(status, { __type: code, message }, { 'x-amzn-errortype': code });
};
