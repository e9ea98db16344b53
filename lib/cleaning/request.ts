import * as z from 'zod';
import type { ApplicationSettings } from '../application/schema';
import { type Answer, applicationName, parsed, word } from '../engine/input';
import { clean, type Cleaned } from './clean';
import type { CleaningInput } from './gather';

export const cleanSchema = z.strictObject({
  /** Every application of the settings, unless named. */
  application: applicationName.optional(),
  /** Good versions that stay, each with its newest image; the settings' `image.keep` unless given. */
  keep: z.number().int().min(1).max(100).optional(),
  dryRun: z.boolean().optional(),
  by: word(256).optional(),
  /** Kept with who it was in the releases that are cleaned. */
  reason: word(256).optional(),
  /** From EventBridge, instead of an application: a deployment that ended well. */
  execution: z.string().optional(),
});

export interface CleanAnswer extends Answer {
  readonly cleaned: readonly Cleaned[];
}

export interface CleanTools extends CleaningInput {
  readonly readSettings: (application: string) => Promise<{ settings: ApplicationSettings }>;
  readonly listApplications: () => Promise<readonly string[]>;
}

/**
 * What a person, a good deployment's end, or the clock asks for.
 * @throws InvalidRequest, UnknownApplication
 */
export const cleanUpAfter = async (input: unknown, tools: CleanTools): Promise<CleanAnswer> => {
  const asked = parsed(cleanSchema, input, 'cleaning', '{"application": "api"}');
  const { execution, keep, dryRun = false } = asked;
  const deployment = execution?.slice(execution.lastIndexOf(':') + 1);
  const record = deployment === undefined ? undefined : await tools.core.records.find(deployment);
  const named = asked.application ?? record?.application;
  if (deployment !== undefined && named === undefined) return answerOf([]);
  const applications = named === undefined ? await tools.listApplications() : [named];
  const cleaned: Cleaned[] = [];
  for (const application of applications) {
    const { settings } = await tools.readSettings(application);
    const who = asked.by ?? (deployment === undefined ? 'somebody' : `the end of ${deployment}`);
    const by = asked.reason === undefined ? who : `${who} (${asked.reason})`;
    const wish = { application, settings, keep: keep ?? settings.image.keep, dryRun, by };
    cleaned.push(await clean(tools, wish));
  }
  return answerOf(cleaned);
};

const sentence = ({ application, dryRun, deleted, failed, stopped }: Cleaned): string => {
  const count = String(deleted.length);
  const what = dryRun ? `${count} would be deleted` : `${count} deleted`;
  const bad = failed.length > 0 ? `, ${String(failed.length)} could not be deleted` : '';
  return `${application}: ${what}${bad}${stopped === undefined ? '' : `; ${stopped}`}.`;
};

const answerOf = (cleaned: readonly Cleaned[]): CleanAnswer => ({
  done: cleaned.every(({ failed, stopped }) => failed.length === 0 && stopped === undefined),
  message: cleaned.map(sentence).join(' ') || 'There is nothing to clean.',
  cleaned,
});
