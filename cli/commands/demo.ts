import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { DemoReport } from '../demo/report';
import { endingLines } from '../views/endingView';
import { type ExitCode, exitCodes } from '../terminal/exitCodes';
import type { Context } from '../session/context';
import { seedArgument } from '../session/options';
import { styleOf } from '../terminal/style';

interface DemoOptions {
  readonly format: 'live' | 'json';
  readonly seed: number;
}

/** Real time that the show takes. It is shorter after a slow start: the first run compiles the stack. */
const showMs = 10_000;
const wholeMs = 16_000;
const minMs = 5_000;

const demo = async (options: DemoOptions, context: Context): Promise<void> => {
  const { terminal } = context;
  const style = styleOf(terminal.colours);
  const json = options.format === 'json';
  if (!json) {
    terminal.out(style.bold('A git tag v2 is pushed; api runs v1 on 20 instances in three zones.'));
    terminal.out(
      style.dim(
        'On the embedded cloud, which runs the very stack that would be deployed. Time is virtual.\n',
      ),
    );
  }
  if (!json && !existsSync(join(context.root, '.build', 'cache')) && !existsSync(join(context.root, 'dist')))
    terminal.out(style.dim('The stack is compiled first, as it would be for AWS; that is kept.\n'));
  const { runDemo } = await import('../demo/run');
  const { report, deployments, cost } = await runDemo(context.root, options.seed, !json);
  context.exitCode = exitCodeOf(report);
  if (json) {
    terminal.out(JSON.stringify(report, null, 2));
    return;
  }
  const [{ showRecording }, { reportLines, rollbackLines }] = await Promise.all([
    import('../demo/show'),
    import('../demo/report'),
  ]);
  const forMs = Math.min(showMs, Math.max(minMs, wholeMs - performance.now())) / deployments.length;
  const told = [reportLines(report, cost, style), rollbackLines(report, style)];
  for (const [index, { version, ending, recording }] of deployments.entries()) {
    if (index > 0)
      terminal.out(
        style.bold(
          `\nThe tag ${version} is pushed; in its bake time, the alarm ${report.rollback.alarm} rings.\n`,
        ),
      );
    await showRecording(recording, version, { terminal, style, forMs });
    const end = endingLines({ application: report.application, version }, ending, style, terminal.columns);
    for (const line of ['', ...end, '', ...(told[index] ?? [])]) terminal.out(line);
  }
};

/** The demo succeeds if the first version stays on the fleet and the next one is rolled back. */
const exitCodeOf = ({ outcome, rollback, version, instances }: DemoReport): ExitCode =>
  outcome === 'Deployed' &&
  rollback.outcome === 'RolledBack' &&
  instances.onVersion === instances.total &&
  rollback.instances.onVersion === rollback.instances.total &&
  version !== rollback.version
    ? exitCodes.done
    : exitCodes.unexpected;

export const addDemo = (program: Command, context: Context): void => {
  program
    .command('demo')
    .description(
      'see a git tag deploy to 20 instances, and an alarm send the next one back, on an embedded cloud in memory',
    )
    .addOption(
      new Option('--format <format>', 'json prints one document at once')
        .choices(['live', 'json'])
        .default('live'),
    )
    .option('--seed <number>', 'the same seed gives the same run', seedArgument, 1)
    .addHelpText('after', '\nExample:\n  forseti demo --format json --seed 7')
    .action((options: DemoOptions) => demo(options, context));
};
