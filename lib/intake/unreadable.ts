import type { InvalidSettings } from '../application/problems';

/**
 * Deals with applications whose stored settings are invalid. If no other application took the message, it may be for one of them:
 * the error makes it come again until the settings are repaired. If one did, the invalid settings are only logged.
 * @throws InvalidSettings
 */
export const reportUnreadable = (
  isTaken: boolean,
  invalid: readonly InvalidSettings[],
  logger: { error: (message: string, error: Error) => void },
): void => {
  if (invalid[0] && !isTaken) throw invalid[0];
  for (const error of invalid)
    logger.error('Settings cannot be read; their application was passed over', error);
};
