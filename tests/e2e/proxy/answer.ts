import type { IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A refusal before an emulator gets the call, in AWS's words. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** An answer in the form of the JSON services. */
export const json = (status: number, content: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: Buffer.from(JSON.stringify(content)),
});

/** A refusal in EC2's form, in that of the other Query services, or in JSON. */
export const refuse = (service: string, { status, code, message }: Refusal): Answer => {
  const xml = (text: string): Answer => ({
    status,
    headers: { 'content-type': 'text/xml' },
    body: Buffer.from(text),
  });
  const error = `<Code>${code}</Code><Message>${message}</Message>`;
  if (service === 'ec2')
    return xml(`<Response><Errors><Error>${error}</Error></Errors><RequestID>refused</RequestID></Response>`);
  if (service === 'autoscaling' || service === 'elasticloadbalancing' || service === 'cloudformation')
    return xml(
      `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>refused</RequestId></ErrorResponse>`,
    );
  return json(status, { __type: code, message }, { 'x-amzn-errortype': code });
};
