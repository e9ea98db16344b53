import type { Message } from '@aws-sdk/client-sqs';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/withSession';

const limitArgument = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw new InvalidArgumentError('Expected a whole number from 1 to 100.');
  return limit;
};

const redriveQueue = (name: string, options: PlaceOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const [{ deadLettersOf, findQueue }, { redrive }] = await Promise.all([
      import('../queries/queues'),
      import('../actions/redrive'),
    ]);
    const dead = await deadLettersOf(session, await findQueue(session, name));
    const { terminal } = context;
    const { status, moved, failureReason } = await redrive(session, dead);
    const done = status === 'COMPLETED';
    if (!done) context.exitCode = exitCodes.unexpected;
    const answer = { queue: dead.name, status, moved, ...(failureReason !== undefined && { failureReason }) };
    if (options.format === 'json') terminal.out(JSON.stringify(answer, null, 2));
    else
      terminal.out(
        done
          ? `${String(moved)} messages of ${dead.name} went back to where they came from. What fails again comes here again.`
          : `${String(moved)} messages of ${dead.name} went back, then it ended as ${status}: ${failureReason ?? 'SQS gives no reason'}.`,
      );
  });

/**
 * A message's attributes as texts. An event that EventBridge could not deliver says why in them: `RULE_ARN`, `ERROR_CODE`,
 * `ERROR_MESSAGE`.
 */
const textsOf = (attributes: Message['MessageAttributes'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue: value = '(binary)' }]) => [name, value]),
  );

const peekQueue = (
  name: string,
  options: PlaceOptions & { readonly limit: number },
  context: Context,
): Promise<void> =>
  withSession(options, context, async (session) => {
    const { findQueue, mappingsOf, peek } = await import('../queries/queues');
    const queue = await findQueue(session, name);
    const { terminal } = context;
    const consumed = (await mappingsOf(session, queue.arn)).some(({ State: state }) => state !== 'Disabled');
    if (consumed) {
      context.exitCode = exitCodes.rejected;
      terminal.note(
        `${queue.name} has consumers: a look would take its messages from them, and count as a try. ` +
          `Pause them before: forseti consumers pause ${name}`,
      );
      return;
    }
    const messages = await peek(session, queue, options.limit);
    const shown = messages.map(
      ({ MessageId: id, Body: body, Attributes: system = {}, MessageAttributes }) => ({
        id,
        sentAt: new Date(Number(system.SentTimestamp)).toISOString(),
        received: Number(system.ApproximateReceiveCount),
        body,
        attributes: textsOf(MessageAttributes),
      }),
    );
    if (options.format === 'json') {
      terminal.out(JSON.stringify({ ...queue, messages: shown }, null, 2));
      return;
    }
    if (options.format === 'tree')
      terminal.out(
        `${queue.name}: ${String(queue.visible)} waiting, ${String(queue.inFlight)} in flight; ${String(shown.length)} shown, each look counts as received.`,
      );
    for (const { id, sentAt, received, body, attributes } of shown) {
      const told = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
      terminal.out([id, sentAt, `received ${String(received)} times`, body, ...told].join('\t'));
    }
  });

export const addQueue = (program: Command, context: Context): void => {
  const queue = program.command('queue').description('look into a queue, or move its dead letters back');
  const argument = [
    '<queue>',
    'requests, alarms, waiting, one of them with -dead, events-dead, or any queue by its name',
  ] as const;
  withPlace(queue.command('redrive').argument(...argument))
    .description('move the messages of its dead-letter queue back to where they came from')
    .addHelpText('after', '\nExample:\n  forseti queue redrive requests')
    .action((name: string, options: PlaceOptions) => redriveQueue(name, options, context));
  withPlace(queue.command('peek').argument(...argument))
    .description('show its messages and leave them there')
    .option('--limit <number>', 'at most so many', limitArgument, 10)
    .addHelpText('after', '\nExample:\n  forseti queue peek requests-dead')
    .action((name: string, options: PlaceOptions & { limit: number }) => peekQueue(name, options, context));
};
