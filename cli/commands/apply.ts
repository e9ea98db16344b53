import type { Command } from 'commander';
import type { Context } from '../main';
import { type PlaceOptions, withPlace } from '../options';
import { readText } from '../readText';
import { withSession } from '../session';
import { columns, styleOf } from '../style';

const apply = async (file: string, options: PlaceOptions, context: Context): Promise<void> => {
  const { parseSettingsFile } = await import('../../lib/application/parse');
  // Before the session: mistakes in the file need no credentials to be found.
  const { input } = parseSettingsFile(readText(file), file);
  const { storeSettings } = await import('../../lib/application/store');
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  const { terminal } = context;
  await withSession(options, context, async (session) => {
    const applied = await storeSettings(session.connect(SSMClient), session.names.settingsPrefix, input);
    if (options.format === 'json') {
      terminal.out(JSON.stringify(applied, null, 2));
      return;
    }
    const style = styleOf(terminal.colours && options.format === 'tree');
    const paint = { created: style.good, changed: style.warn, unchanged: style.dim };
    const rows = applied.map(({ application, change, version }) => [
      style.bold(application),
      paint[change](change),
      `version ${String(version)}`,
    ]);
    for (const line of columns(rows)) terminal.out(line);
  });
};

export const addApply = (program: Command, context: Context): void => {
  withPlace(program.command('apply').argument('[file]', 'settings file', 'forseti.yml'))
    .description('check a settings file and send it to Parameter Store')
    .addHelpText('after', '\nExample:\n  forseti apply forseti.yml --region eu-west-1')
    .action((file: string, options: PlaceOptions) => apply(file, options, context));
};
