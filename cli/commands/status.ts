import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { whenInterrupted } from '../terminal/interrupt';
import { liveOn } from '../terminal/live';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import type { Session } from '../session/session';
import { withSession } from '../session/withSession';
import type { Status } from '../queries/status';
import { statusChanges } from '../views/statusChanges';
import { statusPlain, statusTree } from '../views/statusView';
import { type Style, styleOf } from '../terminal/style';

interface StatusOptions extends PlaceOptions {
  readonly watch?: boolean;
}

const watchEveryMs = 5_000;
const localPauseMs = 500;

const linesOf = (status: Status, options: StatusOptions, now: number, style: Style): string[] => {
  if (options.format === 'json') return [JSON.stringify(status, null, 2)];
  return options.format === 'plain' ? statusPlain(status) : statusTree(status, now, style);
};

/** Makes the lines of a log: in JSON, one document a line whenever it differs; else a line for each change. */
const makeLog = (options: StatusOptions, style: Style) => {
  let last: Status | undefined;
  return (status: Status, now: number): string[] => {
    const before = last;
    last = status;
    if (options.format !== 'json') return statusChanges(before, status, now, style);
    const text = JSON.stringify(status);
    return text === JSON.stringify(before) ? [] : [text];
  };
};

/** Polls until it is interrupted. On a terminal the status is redrawn in place, else its changes are written. */
const watch = async (
  session: Session,
  read: () => Promise<Status>,
  options: StatusOptions,
  { terminal }: Context,
): Promise<void> => {
  const style = styleOf(terminal.colours && options.format === 'tree');
  const live = terminal.live && options.format === 'tree' ? liveOn(terminal) : undefined;
  const log = makeLog(options, style);
  const ended = new AbortController();
  const forget = whenInterrupted(() => {
    ended.abort();
  });
  try {
    while (!ended.signal.aborted) {
      const status = await read();
      if (live) live.draw(linesOf(status, options, session.now(), style));
      else for (const line of log(status, session.now())) terminal.out(line);
      // On the embedded cloud this lets virtual time pass, ten times as fast as real time.
      if (session.local) await session.sleep(watchEveryMs);
      const pauseMs = session.local ? localPauseMs : watchEveryMs;
      await sleep(pauseMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  } finally {
    forget();
    live?.end();
  }
};

const show = async (application: string, options: StatusOptions, context: Context): Promise<void> => {
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    const { statusOf } = await import('../queries/status');
    const read = () => statusOf(session, application);
    if (options.watch) {
      await watch(session, read, options, context);
      return;
    }
    const style = styleOf(terminal.colours && options.format === 'tree');
    terminal.out(linesOf(await read(), options, session.now(), style).join('\n'));
  });
};

export const addStatus = (program: Command, context: Context): void => {
  withPlace(program.command('status').argument('<application>'))
    .description(
      'what runs or ended last and what holds it back, drift, freezes, alarms, releases, the group, its instances with health and version',
    )
    .option(
      '--watch',
      'look every 5 seconds until interrupted: drawn in place, or without a terminal a line for each change',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  forseti status api\n  forseti status api --format plain | cut -f 6 | sort | uniq -c',
    )
    .action((application: string, options: StatusOptions) => show(application, options, context));
};
