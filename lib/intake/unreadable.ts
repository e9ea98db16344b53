import type { InvalidSettings } from '../application/problems';

/**
 * What to do about applications whose stored settings cannot be read. Where nobody was found, what came may be meant for one
 * of them: it has to come again, until they are mended. Where somebody was, they are told of and keep nobody waiting.
 * @throws InvalidSettings
 */
export const tellUnreadable = (
  isTaken: boolean,
  invalid: readonly InvalidSettings[],
  logger: { error: (message: string, error: Error) => void },
): void => {
  if (invalid[0] && !isTaken) throw invalid[0];
  for (const error of invalid)
    logger.error('Settings cannot be read; their application was passed over', error);
};
