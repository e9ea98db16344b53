import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { showDuration } from '../terminal/duration';
import { type AlarmState, alarmStates } from '../local/alarmStates';
import { parseEvent } from '../local/event';
import type { Context } from '../session/context';
import { durationArgument, type Format, seedArgument } from '../session/options';
import { readText } from '../terminal/readText';
import { withCloud } from '../local/withCloud';
import { columns, styleOf } from '../terminal/style';
import { addLocalCall } from './localCall';
import { addLocalWebhook } from './localWebhook';

interface ResetOptions {
  readonly cloud?: string;
  readonly seed: number;
  readonly withoutStack?: boolean;
}

const reset = async (options: ResetOptions, context: Context): Promise<void> => {
  const { readCloudFile } = await import('../local/cloudFile');
  const file = options.cloud ?? join(context.root, 'examples', 'clouds', 'small.yml');
  const { description: described, settings } = readCloudFile(file);
  const description = options.withoutStack === true ? { ...described, stack: false } : described;
  const [{ openCloud, sessionOn, stateFile }, { applyFirstSettings }] = await Promise.all([
    import('../session/localSession'),
    import('../local/applyFirstSettings'),
  ]);
  const cloud = await openCloud(context, 'forseti local reset', { description, seed: options.seed });
  try {
    const session = await sessionOn(cloud, {});
    if (settings && description.stack) await applyFirstSettings(session, settings);
  } finally {
    await cloud.close();
  }
  const applications = description.stack ? Object.keys(settings?.applications ?? {}) : [];
  const groups = Object.keys(description.groups);
  context.terminal.out(
    `A new embedded cloud from ${options.cloud ?? 'examples/clouds/small.yml'}, kept in ${stateFile}.\n` +
      `Groups: ${groups.join(', ') || 'none'}. Applications: ${applications.join(', ') || 'none; apply a forseti.yml'}.`,
  );
  const [first] = applications;
  if (!description.stack) context.terminal.out('Next: forseti install --local');
  else if (first !== undefined) context.terminal.out(`Next: forseti deploy ${first} v2 --local`);
};

const putEvent = async (file: string, options: { region?: string }, context: Context): Promise<void> => {
  const event = parseEvent(readText(file), file);
  await withCloud(context, 'forseti local put-event', (cloud) => cloud.putEvent(event, options.region));
  context.terminal.out(
    `${event.DetailType} is on the bus. Time stands still between commands: let it pass with "forseti local advance 1m".`,
  );
};

const advance = async (ms: number, context: Context): Promise<void> => {
  const now = await withCloud(context, 'forseti local advance', async (cloud) => {
    await cloud.advance(ms);
    return cloud.now();
  });
  context.terminal.out(`${showDuration(ms)} later: ${new Date(now).toISOString()}`);
};

const ringAlarm = async (
  name: string,
  options: { state: AlarmState; region?: string },
  context: Context,
): Promise<void> => {
  const { fullName, before } = await withCloud(context, 'forseti local alarm', async (cloud) => {
    const [{ sessionOn }, { setAlarm }] = await Promise.all([
      import('../session/localSession'),
      import('../local/setAlarm'),
    ]);
    return setAlarm(await sessionOn(cloud, options), name, options.state);
  });
  context.terminal.out(
    before === options.state
      ? `${fullName} is in ${before} already: nobody is told.`
      : `${fullName} is in ${options.state}; it was in ${before}. Time stands still between commands: let it pass with "forseti local advance 1m".`,
  );
};

const show = async (options: { format: Format }, context: Context): Promise<void> => {
  const { terminal } = context;
  const style = styleOf(terminal.colours);
  await withCloud(context, 'forseti local show', async (cloud) => {
    if (options.format === 'json') {
      terminal.out(JSON.stringify(await cloud.show(), null, 2));
      return;
    }
    const [{ sessionOn }, { overviewOf }] = await Promise.all([
      import('../session/localSession'),
      import('../queries/overview'),
    ]);
    const rows = await overviewOf(await sessionOn(cloud, {}));
    if (options.format === 'plain') for (const row of rows) terminal.out(row.join('\t'));
    else {
      terminal.out(style.dim(`It is ${new Date(cloud.now()).toISOString()} in ${cloud.home}.`));
      for (const line of columns(
        rows.map(([kind = '', name = '', ...more]) => [style.dim(kind), style.bold(name), ...more]),
      ))
        terminal.out(line);
    }
  });
};

const formatOption = ['--format <format>', 'tree, json or plain', 'tree'] as const;

export const addLocal = (program: Command, context: Context): void => {
  const local = program.command('local').description('the embedded cloud that --local works on');
  local
    .command('reset')
    .description('make a new one from a description (see examples/clouds/)')
    .option('--cloud <file>', 'the description; two instances on v1 unless set')
    .option('--without-stack', 'an account in which nothing is installed: try forseti install --local')
    .option('--seed <number>', 'the same seed gives the same run', seedArgument, 1)
    .addHelpText('after', '\nExample:\n  forseti local reset --cloud examples/clouds/troubled.yml --seed 7')
    .action((options: ResetOptions) => reset(options, context));
  local
    .command('put-event')
    .argument('<file>', 'JSON file: an event as EventBridge delivers it')
    .description('put an event on its bus; its Time, where it has one, is when it happened')
    .option('--region <region>', 'the first of the description unless set')
    .addHelpText('after', '\nExample:\n  forseti local put-event events/git-tag-pushed.json')
    .action((file: string, options: { region?: string }) => putEvent(file, options, context));
  local
    .command('alarm')
    .argument('<name>', "the alarm's full name, or its name in the settings")
    .description(
      'bring an alarm into a state, as SetAlarmState does: no metric is watched here, so it stays so',
    )
    .addOption(new Option('--state <state>', 'the state').choices(alarmStates).default('ALARM'))
    .option('--region <region>', 'the first of the description unless set')
    .addHelpText(
      'after',
      '\nExamples:\n  forseti local alarm errors\n  forseti local alarm forseti-production-api-errors --state OK',
    )
    .action((name: string, options: { state: AlarmState; region?: string }) =>
      ringAlarm(name, options, context),
    );
  addLocalCall(local, context);
  addLocalWebhook(local, context);
  local
    .command('advance')
    .argument('<duration>', 'such as 90s, 10m or 1h30m', durationArgument)
    .description('let virtual time pass')
    .addHelpText('after', '\nExample:\n  forseti local advance 10m')
    .action((ms: number) => advance(ms, context));
  local
    .command('show')
    .description('what is there')
    .option(...formatOption)
    .addHelpText('after', '\nExample:\n  forseti local show --format json')
    .action((options: { format: Format }) => show(options, context));
};
