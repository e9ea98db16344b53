import * as z from 'zod';
import { payloadProblems } from './payload';
import { judgePush, shorten, type WebhookVerdict } from './verdict';

/** What we read of GitLab's tag push; docs.gitlab.com, "Webhook events", tag events. */
const push = z.object({
  object_kind: z.enum(['tag_push', 'push']),
  ref: z.string().min(1),
  before: z.string().regex(/^[0-9a-f]{40,64}$/),
  after: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** The commit, where `after` names an annotated tag's own object; null when the tag is deleted. */
  checkout_sha: z.string().nullish(),
  user_username: z.string().nullish(),
  user_name: z.string().nullish(),
  project: z.object({ path_with_namespace: z.string().min(1).max(256) }),
});

const pushes = ['Tag Push Hook', 'Push Hook', 'System Hook'];

/**
 * What a delivery of GitLab asks for.
 * @param event `X-Gitlab-Event`
 * @param payload the body, parsed
 */
export const judgeGitLab = (event: string, payload: unknown): WebhookVerdict => {
  const kind = (payload as { object_kind?: unknown }).object_kind;
  // A system hook carries every event of the instance, most of them without this kind.
  const isOther =
    !pushes.includes(event) || (event === 'System Hook' && kind !== 'tag_push' && kind !== 'push');
  if (isOther) return { ignored: `The event ${shorten(event)} deploys nothing; tag push events do.` };
  const read = push.safeParse(payload);
  if (!read.success) return { malformed: payloadProblems(read.error) };
  const { ref, before, after, checkout_sha: commit, project } = read.data;
  return judgePush({
    repository: project.path_with_namespace,
    ref,
    before,
    after,
    commit: commit ?? undefined,
    pushedBy: read.data.user_username ?? read.data.user_name ?? undefined,
  });
};
