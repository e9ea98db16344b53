import type { Concurrency } from '../../lib/application/concurrencies';
import type { ApplicationSettings } from '../../lib/application/schema';
import { fleetItems } from '../queries/fleetItems';
import type { Session } from '../session/session';
import { confirm } from '../terminal/confirm';
import { FleetBusy } from '../terminal/errors';
import type { Terminal } from '../terminal/terminal';

interface Wanted {
  readonly application: string;
  readonly version: string;
  readonly settings: Pick<ApplicationSettings, 'group' | 'concurrency'>;
  /** From the command line. */
  readonly given: Concurrency | undefined;
  /** What was typed. */
  readonly command: string;
}

/**
 * Asks a person whose request would meet another deployment whether it is to wait. Nobody is asked where the command line
 * or the settings say so, where the fleet is free, or without a terminal: the request is refused then.
 * @throws FleetBusy where it is not to wait
 */
export const concurrencyWhileBusy = async (
  session: Session,
  { application, version, settings, given, command }: Wanted,
  terminal: Pick<Terminal, 'ask'>,
): Promise<Concurrency | undefined> => {
  if (given !== undefined || settings.concurrency !== undefined || !terminal.ask) return given;
  const { lock } = await fleetItems(session, application, settings.group);
  if (lock?.owner === undefined) return undefined;
  const since =
    lock.takenAt === undefined ? '' : ` since ${new Date(lock.takenAt).toISOString().slice(0, 19)}Z`;
  const busy = `${lock.deployment ?? 'Another execution'} works on ${settings.group}${since}.`;
  if (await confirm(terminal, `${busy} Wait for its end, and then deploy ${application} ${version}?`))
    return 'queue-latest';
  throw new FleetBusy(
    `${busy} Nothing was started. To start it when that has ended, run: ` +
      `${command} --concurrency queue-latest`,
  );
};
