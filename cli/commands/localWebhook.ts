import { type Command, Option } from 'commander';
import type { Context } from '../session/context';
import { readText } from '../terminal/readText';
import { withCloud } from '../local/withCloud';

interface Options {
  readonly event: string;
  readonly provider: 'github' | 'gitlab';
  readonly delivery?: string;
  readonly region?: string;
}

const send = async (file: string, options: Options, context: Context): Promise<void> => {
  const body = readText(file);
  const { status, body: told } = await withCloud(context, 'forseti local webhook', async (cloud) => {
    const [{ sessionOn }, { sendWebhook }] = await Promise.all([
      import('../session/localSession'),
      import('../local/webhook'),
    ]);
    const { event, provider, delivery: id } = options;
    return sendWebhook(cloud, await sessionOn(cloud, options), { event, provider, body, id });
  });
  context.terminal.out(`${String(status)} ${told}`);
  if (status >= 400) context.exitCode = 1;
};

export const addLocalWebhook = (local: Command, context: Context): void => {
  local
    .command('webhook')
    .argument('<file>', "JSON file: the payload, as the provider's documentation has it")
    .description("send a signed payload to the stack's webhook, with the secret that its parameter holds")
    .option('--event <event>', 'as the provider calls it', 'push')
    .addOption(
      new Option('--provider <provider>', 'who sends it').choices(['github', 'gitlab']).default('github'),
    )
    .option('--delivery <id>', 'its id, to send a delivery once more; a new one unless set')
    .option('--region <region>', 'the first of the description unless set')
    .addHelpText(
      'after',
      `
Examples:
  forseti local webhook push.json --event push
  forseti local webhook tag.json --provider gitlab --event tag_push`,
    )
    .action((file: string, options: Options) => send(file, options, context));
};
