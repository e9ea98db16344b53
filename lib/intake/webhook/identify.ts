import { createHash } from 'node:crypto';
import type { Provider } from './provider';
import { type FunctionUrlEvent, header } from './request';

/** A delivery's event, its id, and the key of its item in the requests table. */
export interface DeliveryName {
  readonly event: string;
  readonly delivery: string;
  readonly key: string;
}

const form = /^[\w.:-]{1,128}$/;

const gitlabName = (event: FunctionUrlEvent, body: Buffer): { id: string; key: string } => {
  const retried = header(event, 'idempotency-key');
  if (retried !== undefined) return { id: retried, key: retried };
  // All webhooks of one event share its UUID: the body tells them apart.
  const id = header(event, 'x-gitlab-event-uuid') ?? '';
  return { id, key: `${id}#${createHash('sha256').update(body).digest('hex')}` };
};

/**
 * GitHub: `X-GitHub-Delivery`, the same when a delivery is sent again. GitLab: `Idempotency-Key` (17.4 and later), the
 * same for all tries of one webhook, else `X-Gitlab-Event-UUID`.
 * @returns a problem where a header is missing or of another form.
 */
export const identify = (
  provider: Provider,
  event: FunctionUrlEvent,
  body: Buffer,
): DeliveryName | { readonly problem: string } => {
  const isGitHub = provider === 'github';
  const name = header(event, isGitHub ? 'x-github-event' : 'x-gitlab-event') ?? '';
  if (!/^[\w -]{1,64}$/.test(name))
    return { problem: `${isGitHub ? 'X-GitHub-Event' : 'X-Gitlab-Event'} must name the event.` };
  const github = header(event, 'x-github-delivery') ?? '';
  const { id, key } = isGitHub ? { id: github, key: github } : gitlabName(event, body);
  if (!form.test(id))
    return {
      problem: `${isGitHub ? 'X-GitHub-Delivery' : 'Idempotency-Key or X-Gitlab-Event-UUID'} must hold the delivery's id, as ${isGitHub ? 'GitHub' : 'GitLab'} sends it.`,
    };
  return { event: name, delivery: id, key: `webhook#${provider}#${key}` };
};
