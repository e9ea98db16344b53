import type { MaintenanceSettings } from '../../lib/application/schema';
import { nextHours } from '../../lib/replacement/hours';
import { parseReplacement, type ReplacementRequest } from '../../lib/replacement/replacement';
import { UsageError } from '../terminal/errors';

/** The next hours of maintenance as the replace machine takes them: ISO times. @param now epoch milliseconds. */
export const hoursOf = (settings: MaintenanceSettings, now: number): { at: string; until: string } => {
  const { from, until } = nextHours(settings, now);
  return { at: new Date(from).toISOString(), until: new Date(until).toISOString() };
};

/** @throws UsageError that lists everything that is wrong with the request. */
export const parseRequest = (input: object): ReplacementRequest => {
  try {
    return parseReplacement(input);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
};
