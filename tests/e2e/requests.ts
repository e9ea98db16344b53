import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { World } from './world';

interface Sample {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
}

export interface Tag {
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
}

/** The project's own sample of the event, with another tag. */
export const tagEvent = (root: string, tag: Tag): Sample => {
  const sample = JSON.parse(readFileSync(join(root, 'events', 'git-tag-pushed.json'), 'utf8')) as Sample;
  return { ...sample, detail: { ...sample.detail, ...tag } };
};

/** Puts the event on the bus, as CI does. */
export const pushTag = async ({ connect, root }: World, tag: Tag): Promise<void> => {
  const event = tagEvent(root, tag);
  await connect(EventBridgeClient).send(
    new PutEventsCommand({
      Entries: [
        { Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) },
      ],
    }),
  );
};

export const webhookSecret = 'a secret of forty characters, or nearly so';

/** GitHub's push of a new tag, as documented by GitHub. */
export const githubPush = ({ repository, tag, commit }: Tag): string =>
  JSON.stringify({
    ref: `refs/tags/${tag}`,
    before: '0'.repeat(40),
    after: commit,
    created: true,
    head_commit: { id: commit },
    pusher: { name: 'dana' },
    sender: { login: 'dana' },
    repository: { full_name: repository, pushed_at: Math.floor(Date.now() / 1000) },
  });

/**
 * Sends a delivery to the function URL, as GitHub does: without an AWS signature, signed by HMAC. The URL's host does
 * not resolve on this machine, so the request uses MiniStack's other form of it, the path.
 */
export const deliver = async (
  { connect, proxy }: World,
  body: string,
  options: { readonly secret?: string; readonly delivery: string },
): Promise<{
  readonly status: number;
  readonly answer: { readonly accepted?: boolean; readonly reason?: string };
}> => {
  const { FunctionUrl: url = '' } = await connect(LambdaClient).send(
    new GetFunctionUrlConfigCommand({ FunctionName: 'forseti-production-Webhook' }),
  );
  const id = new URL(url).hostname.split('.')[0] ?? '';
  const signature = createHmac('sha256', options.secret ?? webhookSecret)
    .update(body)
    .digest('hex');
  const answer = await fetch(`${proxy.endpoint}/_aws/lambda-url/${id}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': 'push',
      'x-github-delivery': options.delivery,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  const text = await answer.text();
  try {
    return { status: answer.status, answer: JSON.parse(text) as { accepted?: boolean } };
  } catch {
    throw new Error(`The function URL answered ${String(answer.status)}: ${text}`);
  }
};
