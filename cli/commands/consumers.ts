import type { Command } from 'commander';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import type { SwitchedConsumers } from '../actions/switchMappings';
import { type PlaceOptions, reasonArgument, withPlace } from '../session/options';
import { withSession } from '../session/withSession';

interface SwitchOptions extends PlaceOptions {
  readonly reason?: string;
}

/** Item of the requests table: who paused or resumed a queue's consumers last. */
interface PauseItem {
  readonly key: string;
  readonly paused: boolean;
  readonly by: string;
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const unsettledText = (queue: string, unsettled: SwitchedConsumers['unsettled']): string =>
  `${queue}: asked for, but after three minutes ${unsettled.map(({ function: name, state: is }) => `${name} is ${is}`).join(', ')}. ` +
  'Run the same again to look once more.';

const switchedText = (
  queue: string,
  changed: SwitchedConsumers['changed'],
  paused: boolean,
  before: PauseItem | undefined,
): string => {
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
    const [
      { findQueue, mappingsOf },
      { switchMappings },
      { functionOf },
      { Table },
      { DynamoDBClient },
      { askedBy },
    ] = await Promise.all([
      import('../queries/queues'),
      import('../actions/switchMappings'),
      import('../../lib/aws/eventSourceMappings'),
      import('../../lib/aws/table'),
      import('@aws-sdk/client-dynamodb'),
      import('../session/ask'),
    ]);
    const { terminal } = context;
    const queue = await findQueue(session, name);
    const mappings = await mappingsOf(session, queue.arn);
    if (mappings.length === 0) {
      context.exitCode = exitCodes.rejected;
      terminal.note(
        `No function consumes ${queue.name}: there is nothing to ${paused ? 'pause' : 'resume'}.`,
      );
      return;
    }
    const table = new Table<PauseItem>(session.connect(DynamoDBClient), session.names.requestsTable);
    const key = `consumers:${queue.name}`;
    const before = await table.get({ key });
    // Written before the switch: whoever finds the queue at a standstill can see who paused it.
    const item: PauseItem = {
      key,
      paused,
      by: askedBy(session),
      at: session.now(),
      ...(options.reason !== undefined && { reason: options.reason }),
    };
    if (before?.paused !== paused) await table.put(item);
    const { changed, unsettled } = await switchMappings(session, mappings, !paused);
    if (unsettled.length > 0) context.exitCode = exitCodes.unexpected;
    const record = before?.paused === paused ? before : item;
    const answer = { changed, unsettled, consumers: mappings.map(functionOf), by: record.by };
    if (options.format === 'json')
      terminal.out(JSON.stringify({ queue: queue.name, paused, ...answer }, null, 2));
    else if (unsettled.length > 0) terminal.note(unsettledText(queue.name, unsettled));
    else terminal.out(switchedText(queue.name, changed, paused, before));
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
