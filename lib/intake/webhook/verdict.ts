import { otherTagCommand, renameCommand } from '../refusedTags';
import { checkVersion } from '../../application/version';

/** A tag that a webhook reports as created. */
export interface CreatedTag {
  readonly repository: string;
  readonly tag: string;
  /** The commit that the tag points to, also where the tag is an annotated one. */
  readonly commit: string;
  readonly pushedBy?: string;
  /** Epoch milliseconds, where the sender gives it. */
  readonly pushedAt?: number;
}

/** What a webhook asks for: a tag's deployment, or nothing, for a reason; or it cannot be read at all. */
export type WebhookVerdict =
  | { readonly created: CreatedTag }
  | { readonly ignored: string; readonly greeting?: true; readonly refused?: RefusedPush }
  | { readonly malformed: string };

/** A new or moved tag that is not deployed: who pushed it is told, with what to run. */
export interface RefusedPush {
  readonly repository: string;
  readonly tag: string;
  readonly commit?: string;
  readonly pushedBy?: string;
  readonly command: string;
}

const tagPrefix = 'refs/tags/';

/** A pushed reference, in the form that is common to both providers. */
export interface PushedReference {
  readonly repository: string;
  /** `refs/tags/v1` or `refs/heads/main`. */
  readonly ref: string;
  /** All zeros where there was nothing. */
  readonly before: string;
  /** All zeros where nothing is left. */
  readonly after: string;
  readonly commit: string | undefined;
  readonly pushedBy: string | undefined;
  readonly pushedAt?: number | undefined;
}

/** 40 digits, or 64 in a repository of SHA-256. */
const isNothing = (sha: string): boolean => /^0+$/.test(sha);
const isCommit = (sha: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(sha) && !isNothing(sha);

/** Only a new tag is deployed: with a moved tag one version would mean two commits. */
export const judgePush = (push: PushedReference): WebhookVerdict => {
  const { repository, ref, before, after, commit, pushedBy, pushedAt } = push;
  if (!ref.startsWith(tagPrefix))
    return { ignored: `${shorten(ref)} of ${repository} is no tag; only new tags are deployed.` };
  const tag = ref.slice(tagPrefix.length);
  const named = `The tag ${shorten(tag)} of ${repository}`;
  if (isNothing(after)) return { ignored: `${named} was deleted; only new tags are deployed.` };
  const at = commit !== undefined && isCommit(commit) ? commit : undefined;
  const refused = (command: string) => ({
    refused: {
      repository,
      tag: shorten(tag),
      command,
      ...(at !== undefined && { commit: at }),
      ...(pushedBy !== undefined && pushedBy !== '' && { pushedBy: pushedBy.slice(0, 256) }),
    },
  });
  if (!isNothing(before))
    return {
      ignored: `${named} was moved; only new tags are deployed: give the commit a tag of its own.`,
      ...refused(otherTagCommand(at ?? 'COMMIT', 'NEW-TAG')),
    };
  const unsuitable = checkVersion(tag);
  if (unsuitable !== undefined)
    return {
      ignored: `The tag is no version that can be deployed: ${unsuitable}.`,
      ...refused(
        renameCommand({ tag, repository, commit: at ?? 'COMMIT' }, { applications: {} }, () => false),
      ),
    };
  if (commit === undefined || at === undefined)
    return { ignored: `${named} points to no commit.`, ...refused(otherTagCommand('COMMIT', shorten(tag))) };
  return {
    created: {
      repository,
      tag,
      commit,
      ...(pushedBy !== undefined && pushedBy !== '' && { pushedBy: pushedBy.slice(0, 256) }),
      ...(pushedAt !== undefined && { pushedAt }),
    },
  };
};

/** References can be hundreds of characters long; an answer need not. */
export const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
