import type { Timings } from '../core/service';
import { parseDuration } from './duration';
import type { CloudDescription } from './schema';

/** Milliseconds of a duration that the schema has accepted. */
export const ms = (text: string): number => parseDuration(text) ?? 0;

/** The cloud's timings as far as the description sets them. */
export const timingsOf = ({ timings }: CloudDescription): Partial<Timings> => {
  const { spread, ...durations } = timings;
  return {
    ...Object.fromEntries(Object.entries(durations).map(([name, text]) => [`${name}Ms`, ms(text ?? '0s')])),
    ...(spread !== undefined && { spread }),
  };
};

/** What `Cloud.make` takes, as far as the description says. */
export const cloudOptions = (description: CloudDescription) => ({
  startAt: Date.parse(description.startAt),
  regions: description.regions,
  account: description.account,
  timings: timingsOf(description),
});
