import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../session/context';

const written = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;

/** The JSON schemas for editors, by file name; generated from the same source that checks the files. */
export const schemaFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const { settingsJsonSchema } = await import('../../lib/application/jsonSchema');
  const { describedCloudJsonSchema } = await import('../local/description');
  return {
    'forseti.schema.json': written(settingsJsonSchema()),
    'cloud.schema.json': written(describedCloudJsonSchema()),
  };
};

/** As `npm run format` leaves it, where there is Prettier: in a checkout. */
const formatted = async (text: string): Promise<string> => {
  try {
    const { format } = await import('prettier');
    return await format(text, { parser: 'json', printWidth: 110 });
  } catch {
    return text;
  }
};

export const addSchemas = (program: Command, context: Context): void => {
  program
    .command('schemas')
    .description('write the JSON schemas of forseti.yml and of cloud descriptions into schemas/')
    .addHelpText('after', '\nExample:\n  forseti schemas')
    .action(async () => {
      const folder = join(context.root, 'schemas');
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(await schemaFiles())) {
        writeFileSync(join(folder, name), await formatted(text));
        context.terminal.out(join('schemas', name));
      }
    });
};
