import { refuse, type WebhookReply } from './answer';
import { bodyBytes, type FunctionUrlEvent, header, mediaType, maxBytes } from './request';

export type Provider = 'github' | 'gitlab';

export const titles: Readonly<Record<Provider, string>> = { github: 'GitHub', gitlab: 'GitLab' };

/** What a delivery's headers claim. None of it is trusted before the signature is verified. */
export interface WebhookDelivery {
  readonly provider: Provider;
  /** GitHub's `sha256=…`, or GitLab's token. */
  readonly proof: string;
}

/** GitHub sends JSON, or a form (the default of its settings page); GitLab sends JSON only. */
const mediaTypes: Readonly<Record<Provider, readonly string[]>> = {
  github: ['application/json', 'application/x-www-form-urlencoded'],
  gitlab: ['application/json'],
};

const providerOf = (event: FunctionUrlEvent): Provider | undefined => {
  const has = (name: string) => header(event, name) !== undefined;
  if (has('x-github-event') || has('x-hub-signature-256') || has('x-github-delivery')) return 'github';
  if (has('x-gitlab-event') || has('x-gitlab-token')) return 'gitlab';
  return undefined;
};

const proofs: Readonly<Record<Provider, string>> = {
  github: 'x-hub-signature-256',
  gitlab: 'x-gitlab-token',
};

const unsigned: Readonly<Record<Provider, string>> = {
  github: 'X-Hub-Signature-256 is missing: give the webhook a secret in its settings on GitHub.',
  gitlab: 'X-Gitlab-Token is missing: give the webhook a secret token in its settings on GitLab.',
};

/** Checks what the headers and the length show, cheapest first: nothing is decoded or read yet. */
export const inspect = (event: FunctionUrlEvent): WebhookDelivery | WebhookReply => {
  if (event.requestContext.http.method !== 'POST')
    return refuse(405, 'Webhooks are sent with POST.', { allow: 'POST' });
  if (bodyBytes(event) > maxBytes) return refuse(413, `The body is longer than ${String(maxBytes)} bytes.`);
  const provider = providerOf(event);
  if (!provider)
    return refuse(
      401,
      'This is no webhook of GitHub or GitLab: neither of their signature headers is there.',
    );
  const proof = header(event, proofs[provider]);
  if (proof === undefined || proof === '') return refuse(401, unsigned[provider]);
  const type = mediaType(event);
  if (!mediaTypes[provider].includes(type))
    return refuse(
      415,
      `${titles[provider]} sends ${mediaTypes[provider].join(' or ')}, not ${type === '' ? 'a body without a content type' : 'this content type'}.`,
    );
  return { provider, proof };
};
