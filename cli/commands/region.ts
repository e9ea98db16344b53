import type { Command } from 'commander';
import type { RegionsAnswer } from '../../lib/failover/act';
import { exitCodes } from '../terminal/exitCodes';
import { UsageError } from '../terminal/errors';
import type { Context } from '../session/context';
import { durationArgument, type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import { columns, styleOf } from '../terminal/style';

interface ChangeOptions extends PlaceOptions {
  readonly reason: string;
  readonly auto?: boolean;
  readonly pin?: boolean;
}

const lines = (answer: RegionsAnswer, { now }: Pick<Session, 'now'>): string[][] => {
  const { home, standby, active, last, probes } = answer;
  const seconds = (at: number) => `${String(Math.round((now() - at) / 1000))} s ago`;
  return [
    ['active', active, active === home ? 'home' : 'standby'],
    ['standby', standby ?? 'none', standby === undefined ? 'nothing to fail over to' : ''],
    ...(last ? [['last change', new Date(last.since).toISOString(), `by ${last.by}: ${last.reason}`]] : []),
    ...(last?.pinned ? [['by hand', 'yes', 'nothing changes it by itself']] : []),
    ...probes.map(({ name, from, at, bad, good, failure, tookMs }) => [
      name,
      bad > 0 ? `${String(bad)} bad in a row` : `${String(good)} good in a row`,
      `from ${from}, ${seconds(at)}: ${failure ?? `${String(tookMs ?? 0)} ms`}`,
    ]),
  ];
};

const tell = async (
  answer: RegionsAnswer,
  options: PlaceOptions,
  session: Session,
  context: Context,
): Promise<void> => {
  const { terminal } = context;
  if (!answer.done) context.exitCode = exitCodes.rejected;
  if (options.format === 'json') {
    terminal.out(JSON.stringify(answer, null, 2));
    return;
  }
  const rows = lines(answer, session);
  if (options.format === 'plain') for (const row of rows) terminal.out(row.join('\t'));
  else for (const line of columns(rows)) terminal.out(line);
};

const status = (options: PlaceOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { regionsSeen } = await import('../queries/regions');
    await tell(await regionsSeen(session), options, session, context);
  });

const change = (what: 'failover' | 'failback', options: ChangeOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const [{ changeActiveRegion }, { askedBy }] = await Promise.all([
      import('../actions/changeActiveRegion'),
      import('../session/ask'),
    ]);
    const answer = await changeActiveRegion(session, what, {
      by: askedBy(session),
      reason: options.reason,
      ...(options.auto !== undefined && { auto: options.auto }),
      ...(options.pin !== undefined && { pin: options.pin }),
    });
    const style = styleOf(context.terminal.colours && options.format === 'tree');
    if (options.format !== 'json')
      context.terminal.note(answer.done ? answer.message : style.warn(answer.message));
    await tell(answer, options, session, context);
  });

const runDrill = (options: PlaceOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { drill } = await import('../actions/drill');
    const report = await drill(session);
    const { terminal } = context;
    if (report.recoveryPoint > 0) context.exitCode = exitCodes.unexpected;
    if (options.format === 'json') terminal.out(JSON.stringify(report, null, 2));
    else
      for (const line of [
        `${report.home} was evacuated to ${report.standby}${report.manner === 'outage' ? ' when it was down' : ' by hand'}, and back.`,
        `Recovery time:  ${String(report.recoverySeconds)} s until ${report.standby} was active and had taken a message`,
        `Failback:       ${String(report.failbackSeconds)} s after ${report.home} was well`,
        `Recovery point: ${String(report.recoveryPoint)} messages lost (${String(report.sent)} sent, ${String(report.acknowledged)} acknowledged, ${String(report.taken)} taken)`,
      ])
        terminal.out(line);
  });

interface SynchroniseCommandOptions extends PlaceOptions {
  readonly spool?: readonly string[];
  readonly marks?: string;
  readonly consumer?: string;
  readonly within: number;
  readonly dryRun?: boolean;
}

const runSynchronise = (queue: string, options: SynchroniseCommandOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { marks: table, consumer, dryRun = false } = options;
    if ((table === undefined) !== (consumer === undefined))
      throw new UsageError(
        'Give --marks and --consumer together: marks are kept under the name of the consumer.',
      );
    const [{ synchroniseRegions }, { isComplete, synchroniseRows }] = await Promise.all([
      import('../actions/synchroniseRegions'),
      import('../views/synchroniseView'),
    ]);
    const report = await synchroniseRegions(session, {
      queue,
      spools: options.spool ?? [],
      ...(table !== undefined && consumer !== undefined && { marks: { table, consumer } }),
      dryRun,
      withinMs: options.within,
    });
    const { terminal } = context;
    if (!isComplete(report)) context.exitCode = exitCodes.unexpected;
    if (options.format === 'json') {
      terminal.out(JSON.stringify(report, null, 2));
      return;
    }
    const rows = synchroniseRows(report, dryRun);
    if (options.format === 'plain') for (const row of rows) terminal.out(row.join('\t'));
    else {
      terminal.out(
        `${report.queue}: what lies beside goes to ${report.active}${dryRun ? ' (only looked at)' : ''}`,
      );
      for (const line of columns(rows)) terminal.out(line);
    }
  });

const tableArgument = (text: string, before: readonly string[] = []): string[] => [...before, text];

const addSynchronise = (region: Command, context: Context): void => {
  withPlace(
    region
      .command('synchronise')
      .argument('[queue]', 'requests, or a queue that both regions have', 'requests'),
  )
    .description(
      'send on what lies in the dead-letter queues and spools of both regions, and tell what each has',
    )
    .option('--spool <table>', 'table of a spool (repeatable)', tableArgument)
    .option('--marks <table>', "table of the consumers' marks: what they have done is not sent again")
    .option('--consumer <name>', 'whose marks they are')
    .option(
      '--within <duration>',
      'begin nothing after so long; a next run goes on',
      durationArgument,
      300_000,
    )
    .option('--dry-run', 'only look')
    .addHelpText(
      'after',
      '\nExamples:\n  forseti region synchronise --dry-run\n' +
        '  forseti region synchronise orders --spool orders-spool --marks orders-marks --consumer tickets',
    )
    .action((queue: string, options: SynchroniseCommandOptions) => runSynchronise(queue, options, context));
};

export const addRegion = (program: Command, context: Context): void => {
  const region = program.command('region').description('the home region and its standby');
  withPlace(region.command('status'))
    .description('which region is active, and how the probes find both')
    .addHelpText('after', '\nExample:\n  forseti region status')
    .action((options: PlaceOptions) => status(options, context));
  withPlace(region.command('failover'))
    .description('make the standby active; it stays so until somebody fails back')
    .requiredOption('--reason <text>', 'why; it is told to all', reasonArgument)
    .option('--auto', 'let the probes fail back when home is well')
    .addHelpText(
      'after',
      '\nExample:\n  forseti region failover --reason "eu-west-1 has trouble" --region eu-central-1',
    )
    .action((options: ChangeOptions) => change('failover', options, context));
  withPlace(region.command('failback'))
    .description('make home active again, and leave the decision to the probes from now on')
    .requiredOption('--reason <text>', 'why; it is told to all', reasonArgument)
    .option('--pin', 'hold home, whatever the probes find, until somebody says otherwise')
    .addHelpText('after', '\nExample:\n  forseti region failback --reason "all is well"')
    .action((options: ChangeOptions) => change('failback', options, context));
  withPlace(region.command('drill'))
    .description(
      'evacuate to the standby and back, and measure it; on the embedded cloud home is really down',
    )
    .addHelpText(
      'after',
      '\nExample:\n  forseti local reset --cloud examples/clouds/two-regions.yml\n  forseti region drill --local',
    )
    .action((options: PlaceOptions) => runDrill(options, context));
  addSynchronise(region, context);
};
