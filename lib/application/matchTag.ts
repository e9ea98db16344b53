import { compilePattern } from './pattern';
import type { ApplicationSettings } from './schema';

export interface TagName {
  /** As the event gives it: `acme/shop`, or CodeCommit's plain name. */
  readonly repository: string;
  readonly tag: string;
}

/**
 * The applications that a pushed tag deploys: their pattern matches the tag, and they name this repository or none.
 * @returns their names, sorted; empty if the tag deploys nothing.
 */
export const matchTag = (
  { repository, tag }: TagName,
  settings: { readonly applications: Readonly<Record<string, Pick<ApplicationSettings, 'tags'>>> },
): string[] =>
  Object.entries(settings.applications)
    .filter(([, { tags }]) => tags.repository === undefined || tags.repository === repository)
    .filter(([, { tags }]) => compilePattern(tags.pattern).test(tag))
    .map(([name]) => name)
    .sort();
