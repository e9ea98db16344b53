import { clientOf, type StoredCloud, type StateFilePlace } from './client';
import { Host } from './host';
import type { CloudFactory } from './cloudFactory';

/** For tests: opens a state file with the cloud in this thread, whose timers are virtual while a command runs. */
export const openInThisThread = (place: StateFilePlace, factory: CloudFactory): Promise<StoredCloud> => {
  const host = new Host(place, factory);
  return clientOf({ send: (command) => host.handle(command), end: async () => undefined });
};
