import * as z from 'zod';
import { judgePush, shorten, type WebhookVerdict } from './verdict';
import { payloadProblems } from './payload';

/** What we read of GitHub's `push`; docs.github.com, "Webhook events and payloads". */
const push = z.object({
  ref: z.string().min(1),
  before: z.string().regex(/^[0-9a-f]{40,64}$/),
  after: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** The commit, where `after` names an annotated tag's own object; null when the tag is deleted. */
  head_commit: z.object({ id: z.string() }).nullish(),
  pusher: z.object({ name: z.string().optional() }).optional(),
  sender: z.object({ login: z.string().optional() }).optional(),
  repository: z.object({
    full_name: z.string().min(1).max(256),
    /** Epoch seconds, in this event. */
    pushed_at: z.number().int().positive().optional(),
  }),
});

const create = z.object({
  ref: z.string(),
  ref_type: z.string(),
  repository: z.object({ full_name: z.string() }),
});

const judgeCreate = (payload: unknown): WebhookVerdict => {
  const read = create.safeParse(payload);
  if (!read.success) return { malformed: payloadProblems(read.error) };
  const { ref, ref_type: type, repository } = read.data;
  const name = `${shorten(ref)} of ${repository.full_name}`;
  return {
    ignored:
      type === 'tag'
        ? `GitHub's create event names no commit for the tag ${name}: have the webhook send pushes, which do.`
        : `${name} is a ${shorten(type)}; only new tags are deployed.`,
  };
};

/**
 * What a delivery of GitHub asks for.
 * @param event `X-GitHub-Event`
 * @param payload the body, parsed
 */
export const judgeGitHub = (event: string, payload: unknown): WebhookVerdict => {
  if (event === 'ping')
    return { ignored: 'GitHub reaches this webhook, and its signature holds.', greeting: true };
  if (event === 'create') return judgeCreate(payload);
  if (event !== 'push')
    return { ignored: `The event ${shorten(event)} deploys nothing; pushes of new tags do.` };
  const read = push.safeParse(payload);
  if (!read.success) return { malformed: payloadProblems(read.error) };
  const { ref, before, after, head_commit: head, pusher, sender, repository } = read.data;
  return judgePush({
    repository: repository.full_name,
    ref,
    before,
    after,
    commit: head?.id,
    pushedBy: sender?.login ?? pusher?.name,
    pushedAt: repository.pushed_at === undefined ? undefined : repository.pushed_at * 1000,
  });
};
