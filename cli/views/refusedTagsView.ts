import type { RefusedTag } from '../../lib/reporting/refusedTagsMessage';
import { showInstant } from '../terminal/instant';
import type { Style } from '../terminal/style';

/** Two lines for each tag: what and why, and what to run. */
export const refusedTagLines = (tags: readonly RefusedTag[], style: Style): string[] =>
  tags.flatMap(({ at, reason, pushedBy, command }) => [
    `${style.dim(showInstant(at))}  ${reason}${pushedBy === undefined ? '' : style.dim(` (${pushedBy})`)}`,
    `  ${style.bold(command)}`,
  ]);

export const refusedTree = (tags: readonly RefusedTag[], style: Style): string[] =>
  tags.length === 0 ? ['No tags were refused in this time.'] : refusedTagLines(tags, style);

/** One tag a line, fields separated by tabs. */
export const refusedPlain = (tags: readonly RefusedTag[]): string[] =>
  tags.map(({ at, repository, tag, commit = '-', application = '-', command, reason }) =>
    [new Date(at).toISOString(), application, repository, tag, commit, command, reason].join('\t'),
  );
