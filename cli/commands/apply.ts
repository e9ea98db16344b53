import type { Command } from 'commander';
import type { SettingsInput } from '../../lib/application/parse';
import { exitCodes } from '../terminal/exitCodes';
import type { FoundFleet } from '../queries/fleets';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { readText } from '../terminal/readText';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { columns, type Style, styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';

interface ApplyOptions extends PlaceOptions {
  readonly prune?: boolean;
  readonly tag?: boolean;
}

/** An application that is stored but not in the file, and what was done with it. */
interface UnlistedApplication {
  readonly application: string;
  readonly change: 'kept' | 'removed' | 'in use';
}

/** Whether a deployment or rollback of it runs: without settings, nobody could halt that any more. */
const isInUse = async (session: Session, application: string): Promise<boolean> => {
  const [{ SSMClient }, { readSettings }, { storesOf }] = await Promise.all([
    import('@aws-sdk/client-ssm'),
    import('../../lib/application/store'),
    import('../queries/deployments'),
  ]);
  try {
    const { settings } = await readSettings(
      session.connect(SSMClient),
      session.names.settingsPrefix,
      application,
    );
    const lock = await storesOf(session).locks.read(settings.group);
    return lock?.owner !== undefined;
  } catch (error) {
    // An application whose settings cannot be read cannot be deployed, so nothing of it runs.
    if (['InvalidSettings', 'UnknownApplication'].includes((error as Error).name)) return false;
    throw error;
  }
};

/** Lists the applications that are stored but not in the file, and with `prune` removes them. */
const unlisted = async (
  session: Session,
  input: SettingsInput,
  prune: boolean,
): Promise<UnlistedApplication[]> => {
  const [{ SSMClient }, { removeSettings, strangers }] = await Promise.all([
    import('@aws-sdk/client-ssm'),
    import('../../lib/application/store'),
  ]);
  const { settingsPrefix } = session.names;
  const ssm = session.connect(SSMClient);
  const done: UnlistedApplication[] = [];
  for (const application of await strangers(ssm, settingsPrefix, input)) {
    const inUse = prune && (await isInUse(session, application));
    if (prune && !inUse) await removeSettings(ssm, settingsPrefix, application);
    done.push({ application, change: inUse ? 'in use' : prune ? 'removed' : 'kept' });
  }
  return done;
};

const texts: Readonly<Record<UnlistedApplication['change'], string>> = {
  kept: 'is not in the file; --prune removes it',
  removed: 'was not in the file',
  'in use': 'is not in the file, but a deployment or rollback of it runs: prune again when it has ended',
};

const paintsOf = (style: Style) => ({
  created: style.good,
  changed: style.warn,
  unchanged: style.dim,
  kept: style.dim,
  removed: style.warn,
  'in use': style.bad,
});

/** Tells what of the fleets Forseti may not change yet, with the commands that allow it; or that it is tagged now. */
const tellOfFleets = (
  terminal: Terminal,
  fleets: readonly FoundFleet[],
  file: string,
  tagged: boolean,
): void => {
  const note = (text: string): void => {
    terminal.note(text);
  };
  for (const { application, lacks, unseen } of fleets) {
    if (unseen !== undefined)
      note(`The fleet of ${application} could not be looked at, or not be tagged: ${unseen}`);
    for (const { what, id, problem, command, taken } of lacks)
      note(tagged && !taken ? `${what} ${id} is tagged for ${application} now` : `${problem}\n  ${command}`);
  }
  if (!tagged && fleets.some(({ lacks }) => lacks.length > 0))
    note(`Deployments are refused until then. "forseti apply ${file} --tag" runs these commands.`);
};

const fleetsOf = async (
  session: Session,
  input: SettingsInput,
  tag: boolean,
): Promise<readonly FoundFleet[]> => {
  const [{ adoptFleets }, { describeFleets }] = await Promise.all([
    import('../actions/adoptFleets'),
    import('../queries/fleets'),
  ]);
  return tag ? adoptFleets(session, input) : describeFleets(session, input);
};

const apply = async (file: string, options: ApplyOptions, context: Context): Promise<void> => {
  const { parseSettingsFile } = await import('../../lib/application/parse');
  // Read before the session is opened: finding a mistake in the file needs no credentials.
  const { input, value } = parseSettingsFile(readText(file), file);
  const { storeSettings } = await import('../../lib/application/store');
  const { refuseTakenAlarms } = await import('../queries/takenAlarms');
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    if (options.prune !== true) await refuseTakenAlarms(session, value, file);
    const applied = await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, input);
    const rest = await unlisted(session, input, options.prune === true);
    const tagged = options.tag === true;
    tellOfFleets(terminal, await fleetsOf(session, input, tagged), file, tagged);
    if (rest.some(({ change }) => change === 'in use')) context.exitCode = exitCodes.inProgress;
    if (options.format === 'json') {
      terminal.out(JSON.stringify([...applied, ...rest], null, 2));
      return;
    }
    const style = styleOf(terminal.colours && options.format === 'tree');
    const paints = paintsOf(style);
    const rows = [
      ...applied.map(({ application, change, version }) => ({
        application,
        change,
        text: `version ${String(version)}`,
      })),
      ...rest.map(({ application, change }) => ({ application, change, text: texts[change] })),
    ].map(({ application, change, text }) => [style.bold(application), paints[change](change), text]);
    for (const line of columns(rows)) terminal.out(line);
  });
};

export const addApply = (program: Command, context: Context): void => {
  withPlace(program.command('apply').argument('[file]', 'settings file', 'forseti.yml'))
    .description('check a settings file and send it to Parameter Store')
    .option('--tag', 'tag the groups and launch templates that it names, so that Forseti may change them')
    .option('--prune', 'remove the settings of applications that are not in the file')
    .addHelpText(
      'after',
      '\nExamples:\n  forseti apply forseti.yml --region eu-west-1\n  forseti apply forseti.yml --tag\n  forseti apply forseti.yml --prune',
    )
    .action((file: string, options: ApplyOptions) => apply(file, options, context));
};
