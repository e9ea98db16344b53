import type { Command } from 'commander';
import type { SettingsInput } from '../../lib/application/parse';
import { messageOf } from '../../lib/aws/failure';
import { type ExitCode, exitCodes } from '../terminal/exitCodes';
import type { Lack } from '../../lib/fleet/adoption';
import type { StoredGroups } from '../queries/fleetOwners';
import type { FoundFleet } from '../queries/fleets';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { readText } from '../terminal/readText';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { columns, type Style, styleOf } from '../terminal/style';
import type { Terminal } from '../terminal/terminal';

export interface ApplyOptions extends PlaceOptions {
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

/** How a group passes from an application that still has settings. */
const keptBy = ({ taken, owner = '' }: Lack, file: string): string =>
  taken
    ? `\n  If ${owner} is the former name of the application, or is to give the group up, hand it over with its releases: forseti apply ${file} --tag --prune (${owner} must not be in the file, or must name another group)`
    : '';

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
  for (const { application, lacks, unseen, untagged = lacks, handedOver } of fleets) {
    if (unseen !== undefined)
      note(`The fleet of ${application} could not be looked at, or not be tagged: ${unseen}`);
    for (const lack of lacks)
      note(
        tagged && !untagged.includes(lack)
          ? `${lack.what} ${lack.id} is tagged for ${application} now`
          : `${lack.problem}\n  ${lack.command}${keptBy(lack, file)}`,
      );
    if (handedOver)
      note(
        `${handedOver.from} had this group before: its ${String(handedOver.releases.length)} releases are ${application}'s now. Its history stays under its name.`,
      );
  }
  const lacking = fleets.flatMap(({ lacks }) => lacks);
  if (!tagged && lacking.length > 0)
    note(
      `Deployments are refused until then.${lacking.every(({ taken }) => taken) ? '' : ` "forseti apply ${file} --tag" sets the tags that are missing.`}`,
    );
};

const fleetsOf = async (
  session: Session,
  input: SettingsInput,
  tag: boolean,
  groups: { readonly before: StoredGroups; readonly after: StoredGroups },
): Promise<readonly FoundFleet[]> => {
  const [{ adoptFleets }, { describeFleets }, { hasGivenUp }] = await Promise.all([
    import('../actions/adoptFleets'),
    import('../queries/fleets'),
    import('../queries/fleetOwners'),
  ]);
  return tag
    ? adoptFleets(session, input, (owner, group) =>
        hasGivenUp(session, { owner, group }, groups.before, groups.after),
      )
    : describeFleets(session, input);
};

/** What was asked for and could not be done: a deployment of it runs, or AWS or another application has the fleet. */
const exitCodeOf = (
  rest: readonly UnlistedApplication[],
  fleets: readonly FoundFleet[],
): ExitCode | undefined => {
  if (rest.some(({ change }) => change === 'in use')) return exitCodes.inProgress;
  return fleets.some(({ untagged = [] }) => untagged.length > 0) ? exitCodes.rejected : undefined;
};

/** Checks a settings file and stores it. */
export const apply = async (file: string, options: ApplyOptions, context: Context): Promise<void> => {
  const { parseSettingsFile } = await import('../../lib/application/parse');
  // Read before the session is opened: finding a mistake in the file needs no credentials.
  const { input, value } = parseSettingsFile(readText(file), file);
  const { storeSettings } = await import('../../lib/application/store');
  const { refuseTakenAlarms } = await import('../queries/takenAlarms');
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    if (options.prune !== true) await refuseTakenAlarms(session, value, file);
    const [{ groupsAfter, storedGroups }, { leftBehind }, { leftLines, leftParts }] = await Promise.all([
      import('../queries/fleetOwners'),
      import('../queries/leftBehind'),
      import('../views/leftBehindView'),
    ]);
    const before = await storedGroups(session);
    const applied = await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, input);
    const rest = await unlisted(session, input, options.prune === true);
    const removed = rest.flatMap(({ application, change }) => (change === 'removed' ? application : []));
    const groups = { before, after: groupsAfter(before, input, removed) };
    const tagged = options.tag === true;
    const fleets = await fleetsOf(session, input, tagged, groups);
    tellOfFleets(terminal, fleets, file, tagged);
    const created = applied.flatMap(({ application, change }) => (change === 'created' ? application : []));
    // The settings are sent already: what cannot be read here is no failure of that.
    const left = await leftBehind(session, input, { ...groups, removed, created }).catch((error: unknown) => {
      terminal.note(`What these settings leave behind could not be read: ${messageOf(error)}`);
      return [];
    });
    const place = { file, region: session.region, settingsPrefix: session.names.settingsPrefix };
    for (const line of leftLines(left, place)) terminal.note(line);
    context.exitCode = exitCodeOf(rest, fleets) ?? context.exitCode;
    if (options.format === 'json') {
      const leftOf = (name: string) =>
        left.flatMap((one) =>
          one.application === name
            ? { group: one.group, region: one.region, left: leftParts(one, place) }
            : [],
        );
      const told = [...applied, ...rest].map((one) => {
        const leaves = leftOf(one.application);
        return { ...one, ...(leaves.length > 0 && { leaves }) };
      });
      terminal.out(JSON.stringify(told, null, 2));
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
      `
Examples:
  forseti apply forseti.yml --region eu-west-1
  forseti apply forseti.yml --tag
  forseti apply forseti.yml --tag --prune     after an application was renamed: hands its group and releases over

Exit codes: 0 applied, 3 something could not be tagged, 6 an application that was to be removed has a deployment in progress.`,
    )
    .action((file: string, options: ApplyOptions) => apply(file, options, context));
};
