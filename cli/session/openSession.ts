import { openAws } from './awsSession';
import type { Home } from './home';
import type { Session, SessionOptions } from './session';

/**
 * Opens what a person asked for: the embedded cloud with `--local`, else AWS.
 * @param holder the command, for whoever finds the embedded cloud in use.
 */
export const openSession = async (options: SessionOptions, home: Home, holder: string): Promise<Session> => {
  if (!options.local) return openAws(options);
  const { openLocal } = await import('./localSession');
  return openLocal(options, home, holder);
};
