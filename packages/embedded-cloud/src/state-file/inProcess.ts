import { clientOf, type LocalCloud, type Place } from './client';
import { Host } from './host';
import type { House } from './house';

/** Opens a state file with the cloud in this thread, whose timers are virtual while a command runs: for tests. */
export const openInProcess = (place: Place, house: House): Promise<LocalCloud> => {
  const host = new Host(place, house);
  return clientOf({ send: (command) => host.handle(command), end: async () => undefined });
};
