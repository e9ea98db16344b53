import examples from '@octokit/webhooks-examples';
import { githubSignature } from '../../../lib/intake/webhook/signature';
import { tagPushed } from './gitlabExamples';

/** GitHub's own payloads: the first one of an event for which `which` holds. */
export const publishedBy = (
  event: string,
  which: (payload: Readonly<Record<string, unknown>>) => boolean = () => true,
): object => {
  const payloads = (examples.find(({ name }) => name === event)?.examples ?? []) as unknown as object[];
  const found = payloads.find((payload) => which(payload as Record<string, unknown>));
  if (!found) throw new Error(`GitHub publishes no such ${event}.`);
  return found;
};

export const newTag = publishedBy(
  'push',
  ({ ref, created }) => ref === 'refs/tags/simple-tag' && created === true,
);
export const deletedTag = publishedBy('push', ({ deleted }) => deleted === true);
export const branch = publishedBy('push', ({ ref }) => ref === 'refs/heads/master');
export const commit = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

export const secret = 'a secret of the webhook';
export const token = 'a token of the webhook';

export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A delivery as GitHub sends it. */
export const fromGitHub = (
  payload: object | string = newTag,
  { event = 'push', delivery = '72d3162e-cc78-11e3-81ab-4c9367dc0958', key = secret } = {},
): Sent => {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return {
    headers: {
      Accept: '*/*',
      'Content-Type': 'application/json',
      'User-Agent': 'GitHub-Hookshot/044aadd',
      'X-GitHub-Delivery': delivery,
      'X-GitHub-Event': event,
      'X-GitHub-Hook-ID': '292430182',
      'X-Hub-Signature-256': githubSignature(Buffer.from(body), key),
    },
    body,
  };
};

/** A delivery as GitLab sends it. */
export const fromGitLab = (
  payload: object = tagPushed,
  { event = 'Tag Push Hook', key = token } = {},
): Sent => ({
  headers: {
    'Content-Type': 'application/json',
    'User-Agent': 'GitLab/17.4.0',
    'Idempotency-Key': 'f5e5f430-f57b-4e6e-9fac-d9128cd7232f',
    'X-Gitlab-Event': event,
    'X-Gitlab-Event-UUID': '13792a34-cac6-4fda-95a8-c58e00a3954e',
    'X-Gitlab-Token': key,
  },
  body: JSON.stringify(payload),
});

/** The delivery with other headers; undefined removes one. */
export const withHeaders = (
  { headers, body }: Sent,
  others: Readonly<Record<string, string | undefined>>,
): Sent => ({
  headers: Object.fromEntries(
    Object.entries({ ...headers, ...others }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  ),
  body,
});
