import type { Command } from 'commander';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import type { PausedConsumers } from '../actions/pauseConsumers';
import { type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import { withSession } from '../session/withSession';

interface SwitchOptions extends PlaceOptions {
  readonly reason?: string;
}

const unsettledText = (queue: string, unsettled: PausedConsumers['unsettled']): string =>
  `${queue}: asked for, but after three minutes ${unsettled.map(({ function: name, state: is }) => `${name} is ${is}`).join(', ')}. ` +
  'Run the same again to look once more.';

const switchedText = (queue: string, { changed, before }: PausedConsumers, paused: boolean): string => {
  const state = paused ? 'paused' : 'resumed';
  if (changed.length > 0)
    return `${queue}: ${changed.join(', ')} ${state}.${paused ? ' Messages stay, and batches under way end.' : ''}`;
  const who = before ? ` by ${before.by}, ${new Date(before.at).toISOString()}` : '';
  return `${queue}: nothing to do, its consumers were ${state} already${who}.`;
};

const switchConsumers = (
  name: string,
  paused: boolean,
  options: SwitchOptions,
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const [{ findQueue }, { pauseConsumers }] = await Promise.all([
      import('../queries/queues'),
      import('../actions/pauseConsumers'),
    ]);
    const { terminal } = context;
    const found = await findQueue(session, name);
    const queue = found.name;
    const result = await pauseConsumers(session, found, paused, options.reason);
    if (!result) {
      context.exitCode = exitCodes.rejected;
      terminal.note(`No function consumes ${queue}: there is nothing to ${paused ? 'pause' : 'resume'}.`);
      return;
    }
    const { changed, unsettled, consumers, by } = result;
    if (unsettled.length > 0) context.exitCode = exitCodes.unexpected;
    if (options.format === 'json')
      terminal.out(JSON.stringify({ queue, paused, changed, unsettled, consumers, by }, null, 2));
    else if (unsettled.length > 0) terminal.note(unsettledText(queue, unsettled));
    else terminal.out(switchedText(queue, result, paused));
  });

export const addConsumers = (program: Command, context: Context): void => {
  const consumers = program.command('consumers').description("stop a queue's consumers, or let them go on");
  for (const [verb, paused, description, example] of [
    [
      'pause',
      true,
      'the consumers of one queue stop; its messages stay',
      'forseti consumers pause requests --reason "the parser is broken"',
    ],
    ['resume', false, 'they go on', 'forseti consumers resume requests --reason "v2 reads them again"'],
  ] as const)
    withPlace(
      consumers
        .command(verb)
        .argument('<queue>', 'requests, alarms, waiting, or any queue by its name')
        .option('--reason <text>', 'why; it is kept with your name', reasonArgument),
    )
      .description(description)
      .addHelpText('after', `\nExample:\n  ${example}`)
      .action((name: string, options: SwitchOptions) => switchConsumers(name, paused, options, context));
};
