import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { whenInterrupted } from '../interrupt';
import { liveOn } from '../live';
import type { Context } from '../main';
import { type PlaceOptions, withPlace } from '../options';
import { withSession } from '../session';
import type { Status } from '../status';
import { statusPlain, statusTree } from '../statusView';
import { type Style, styleOf } from '../style';

interface StatusOptions extends PlaceOptions {
  readonly watch?: boolean;
}

const watchEveryMs = 5_000;
const localPauseMs = 500;

const linesOf = (status: Status, options: StatusOptions, now: number, style: Style): string[] => {
  if (options.format === 'json') return [JSON.stringify(status, null, options.watch ? 0 : 2)];
  return options.format === 'plain' ? statusPlain(status) : statusTree(status, now, style);
};

const show = async (application: string, options: StatusOptions, context: Context): Promise<void> => {
  const { terminal } = context;
  const style = styleOf(terminal.colours && options.format === 'tree');
  await withSession(options, context, async (session) => {
    const { statusOf } = await import('../status');
    const lines = async () => linesOf(await statusOf(session, application), options, session.now(), style);
    if (!options.watch) {
      terminal.out((await lines()).join('\n'));
      return;
    }
    const live =
      terminal.live && options.format === 'tree'
        ? liveOn(terminal, (text) => void process.stdout.write(text))
        : undefined;
    let stopped = false;
    const wake = new AbortController();
    const forget = whenInterrupted(() => {
      stopped = true;
      wake.abort();
    });
    const stopAsked = () => stopped;
    try {
      while (!stopAsked()) {
        const drawn = await lines();
        if (live) live.draw(drawn);
        else terminal.out(drawn.join('\n'));
        // On the embedded cloud this lets virtual time pass, ten times as fast as it would on AWS.
        if (session.local) await session.sleep(watchEveryMs);
        const pauseMs = session.local ? localPauseMs : watchEveryMs;
        await sleep(pauseMs, undefined, { signal: wake.signal }).catch(() => undefined);
      }
    } finally {
      forget();
      live?.end();
    }
  });
};

export const addStatus = (program: Command, context: Context): void => {
  withPlace(program.command('status').argument('<application>'))
    .description(
      'what runs or ended last and what holds it back, freezes, releases, the group, its instances with health and version',
    )
    .option('--watch', 'show it again every 5 seconds, until interrupted')
    .addHelpText(
      'after',
      '\nExamples:\n  forseti status api\n  forseti status api --format plain | cut -f 6 | sort | uniq -c',
    )
    .action((application: string, options: StatusOptions) => show(application, options, context));
};
