import type { ApplicationSettings, Settings } from '../application/schema';
import { commitOption } from '../application/version';
import type { Table } from '../aws/table';
import type { RefusedTag } from '../reporting/refusedTagsMessage';

/**
 * Tags that led to no deployment. They are items of the requests table like the others; `refusal` puts them into the index
 * of that name, by their time. The sweep tells of those that have no `toldAt`, many of a short time in one message.
 */
export interface RefusalItem extends Omit<RefusedTag, 'reason' | 'at'> {
  readonly key: string;
  readonly receivedAt: number;
  /** The reason, in a sentence. */
  readonly refused: string;
  readonly refusal: 'tag';
  /** Epoch milliseconds. */
  readonly toldAt?: number;
}

/** What an item says of its refusal, besides the reason. */
export const listedRefusal = (command: string) => ({ refusal: 'tag', command }) as const;

/** In a shell, anything else than these characters would need quotes. */
const inShell = (text: string): string =>
  /^[A-Za-z0-9._+/:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A tag's name with nothing in it that a version, or a reference of git, may not have. */
const asVersion = (tag: string): string =>
  tag
    .replace(/[^A-Za-z0-9._+/-]+/g, '-')
    .replace(/([-./])[-./]+/g, '$1')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64)
    .replace(/[^A-Za-z0-9]+$/, '') || 'v1';

/** Gives the commit a tag of another name. */
export const otherTagCommand = (commit: string, tag: string): string =>
  `git push origin ${inShell(commit)}:refs/tags/${tag}`;

/** What a command is made of. */
type Pushed = Pick<RefusedTag, 'tag' | 'repository'> & { readonly commit: string };

/**
 * For a tag whose name is no version.
 * @param isTaken whether an application takes a tag of this name: a name that is none's would only be refused again
 */
export const renameCommand = (
  pushed: Pushed,
  settings: Pick<Settings, 'applications'>,
  isTaken: (tag: string) => boolean,
): string => {
  const tag = asVersion(pushed.tag);
  return isTaken(tag) ? otherTagCommand(pushed.commit, tag) : deployCommand({ ...pushed, tag }, settings);
};

/** For a tag that matches no application: the one whose repository it is, or the only one there is. */
export const deployCommand = (
  { tag, repository, commit }: Pushed,
  { applications }: Pick<Settings, 'applications'>,
): string => {
  const all = Object.entries(applications);
  const own = all.filter(([, { tags }]) => tags.repository === repository);
  const meant = own.length > 0 ? own : all.filter(([, { tags }]) => tags.repository === undefined);
  const [only] = meant.length === 1 ? (meant[0] ?? []) : [];
  return `forseti deploy ${only ?? 'APPLICATION'} ${tag}${commitOption(commit)}`;
};

const told = ({ receivedAt, refused, ...item }: RefusalItem): RefusedTag => ({
  at: receivedAt,
  repository: item.repository,
  tag: item.tag,
  reason: refused,
  command: item.command,
  ...(item.commit !== undefined && { commit: item.commit }),
  ...(item.application !== undefined && { application: item.application }),
  ...(item.pushedBy !== undefined && { pushedBy: item.pushedBy }),
});

/** More than a person reads at once. */
const maxAtOnce = 200;

const index = 'refusals';
const byTime = (since: number) => ({
  expression: 'refusal = :refusal AND receivedAt >= :since',
  values: { ':refusal': 'tag', ':since': since },
});

/** Tags that were refused since then, the newest first. Read from an index, which may be a second late. */
export const refusedSince = async (table: Table<RefusalItem>, since: number): Promise<RefusedTag[]> => {
  const found = await table.query(byTime(since), { index, backwards: true, limit: maxAtOnce });
  return found.map(told);
};

/** More may come within a minute of the last; who waits for five minutes knows of the first ones by then. */
const quietMs = 60_000;
const maxWaitMs = 5 * 60_000;

/** A sweep runs every minute: what is older was told, or the sweep was off for hours. */
const soughtForMs = 6 * 3_600_000;
const isUntold = { expression: 'attribute_not_exists(toldAt)' };

/** @param times of the refusals that nobody was told of; epoch milliseconds */
export const isTimeToTell = (times: readonly number[], now: number): boolean =>
  times.length > 0 && (now - Math.max(...times) >= quietMs || now - Math.min(...times) >= maxWaitMs);

/**
 * Tells of the refusals since the last time, in one message.
 * @param tell sends it. Told first, noted then: a death in between tells twice, and never not at all.
 * @returns how many were told of
 */
export const tellRefused = async (
  table: Table<RefusalItem>,
  now: number,
  tell: (tags: readonly RefusedTag[]) => Promise<void>,
): Promise<number> => {
  const found = await table.query(byTime(now - soughtForMs), { index, filter: isUntold });
  const items = found.slice(0, maxAtOnce);
  const isDue = isTimeToTell(
    items.map(({ receivedAt }) => receivedAt),
    now,
  );
  if (!isDue) return 0;
  await tell(items.map(told));
  await Promise.all(
    items.map(({ key }) =>
      table.update(
        { key },
        { expression: 'SET toldAt = :now', values: { ':now': now } },
        { expression: 'attribute_exists(refusal)' },
      ),
    ),
  );
  return items.length;
};

/** Whether a refusal may be about an application: it names it, or names none, and the repository is none of another's. */
export const concerns = (
  tag: RefusedTag,
  application: string,
  { tags }: Pick<ApplicationSettings, 'tags'>,
): boolean =>
  tag.application === undefined
    ? tags.repository === undefined || tags.repository === tag.repository
    : tag.application === application;
