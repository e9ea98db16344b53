import type { Timings } from '../core/service';
import { parseDuration } from './duration';
import type { CloudDescription } from './schema';

/** Milliseconds of a duration that the schema has accepted. */
export const ms = (text: string): number => parseDuration(text) ?? 0;

/** The timings that the description sets. */
export const timingsOf = ({ timings }: CloudDescription): Partial<Timings> => {
  const { spread, ...durations } = timings;
  return {
    ...Object.fromEntries(Object.entries(durations).map(([name, text]) => [`${name}Ms`, ms(text ?? '0s')])),
    ...(spread !== undefined && { spread }),
  };
};

/** The options for `Cloud.make` that the description sets. */
export const cloudOptions = (description: CloudDescription) => ({
  startAt: Date.parse(description.startAt),
  regions: description.regions,
  account: description.account,
  timings: timingsOf(description),
  quotas: description.quotas,
});
