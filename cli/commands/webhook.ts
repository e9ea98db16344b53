import { Argument, type Command } from 'commander';
import type { Provider } from '../../lib/intake/webhook/provider';
import type { Context } from '../session/context';
import { type PlaceOptions, withPlace } from '../session/options';
import { withSession } from '../session/withSession';
import { readInputText } from '../terminal/readText';
import { columns, styleOf } from '../terminal/style';
import { UsageError } from '../terminal/errors';

const providers = ['github', 'gitlab'] as const satisfies readonly Provider[];

const showUrl = (provider: Provider | undefined, options: PlaceOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const [{ webhookAddress }, { webhookFields }] = await Promise.all([
      import('../queries/webhookAddress'),
      import('../views/webhookView'),
    ]);
    const { terminal } = context;
    const url = await webhookAddress(session);
    const shown = (provider ? [provider] : providers).map((name) => ({
      provider: name,
      ...webhookFields(name, url),
    }));
    if (options.format === 'json') terminal.out(JSON.stringify({ url, providers: shown }, null, 2));
    else if (options.format === 'plain') terminal.out(url);
    else {
      const { bold, dim } = styleOf(terminal.colours);
      terminal.out(url);
      for (const { where, fields, limit } of shown) {
        const rows = columns(fields.map(({ field, value }) => [field, value]));
        terminal.out(['', bold(where), ...rows.map((row) => `  ${row}`), `  ${dim(limit)}`].join('\n'));
      }
    }
  });

interface SecretOptions extends PlaceOptions {
  readonly from?: string;
  readonly rotate?: boolean;
  readonly finish?: boolean;
}

const newSecret = async (): Promise<string> => {
  const { randomBytes } = await import('node:crypto');
  return randomBytes(32).toString('hex');
};

const nextStep = (provider: Provider, beside: boolean): string =>
  beside
    ? `Both secrets are accepted now. Set the new one at ${provider}, then run "forseti webhook secret ${provider} --finish".`
    : `Set it at ${provider}: "forseti webhook url ${provider}" lists the fields.`;

const finish = (provider: Provider, options: SecretOptions, context: Context): Promise<void> =>
  withSession(options, context, async (session) => {
    const { finishRotation } = await import('../actions/webhookSecret');
    const { parameter } = await finishRotation(session, provider);
    const { terminal } = context;
    if (options.format === 'json') terminal.out(JSON.stringify({ provider, parameter }, null, 2));
    else terminal.out(`${parameter} holds the new secret; the former one is refused after five minutes.`);
  });

const setSecret = async (provider: Provider, options: SecretOptions, context: Context): Promise<void> => {
  const { from } = options;
  if (options.finish === true && (from !== undefined || options.rotate === true))
    throw new UsageError('--finish takes the secret that --rotate has stored: give it alone.');
  if (options.finish === true) return finish(provider, options, context);
  await withSession(options, context, async (session) => {
    const [{ webhookAddress }, { readSecret, storeWebhookSecret }] = await Promise.all([
      import('../queries/webhookAddress'),
      import('../actions/webhookSecret'),
    ]);
    // A secret beside no stack would be one of a wrong region or stage.
    await webhookAddress(session);
    const secret = from === undefined ? await newSecret() : readSecret(readInputText(from));
    const stored = await storeWebhookSecret(session, provider, { secret, rotate: options.rotate === true });
    const { terminal } = context;
    // Shown once, and only where it was made here: whoever has given it knows it.
    const shown = from === undefined ? { secret } : {};
    if (options.format === 'json') terminal.out(JSON.stringify({ provider, ...stored, ...shown }, null, 2));
    else {
      terminal.note(`Stored in ${stored.parameter}. ${nextStep(provider, stored.beside)}`);
      if (from === undefined) {
        terminal.note('This is shown once:');
        terminal.out(secret);
      }
    }
  });
};

export const addWebhook = (program: Command, context: Context): void => {
  const webhook = program
    .command('webhook')
    .description('the address and the secret that GitHub or GitLab send tags with');
  withPlace(
    webhook
      .command('url')
      .addArgument(new Argument('[provider]', 'whose fields to list; both unless given').choices(providers)),
  )
    .description('print the address, and what to set at the provider')
    .addHelpText('after', '\nExample:\n  forseti webhook url github')
    .action((provider: Provider | undefined, options: PlaceOptions) => showUrl(provider, options, context));
  withPlace(
    webhook
      .command('secret')
      .addArgument(new Argument('<provider>', 'who sends the webhook').choices(providers)),
  )
    .description('make a secret, store it as a SecureString, and show it once')
    .option('--from <file>', 'take the secret from a file, or from standard input with "-"')
    .option('--rotate', 'store a new secret beside the present one; both are accepted')
    .option('--finish', 'end a change: only the new secret is accepted any more')
    .addHelpText(
      'after',
      `
Examples:
  forseti webhook secret github
  forseti webhook secret gitlab --from - < secret.txt
  forseti webhook secret github --rotate
  forseti webhook secret github --finish`,
    )
    .action((provider: Provider, options: SecretOptions) => setSecret(provider, options, context));
};
