import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Document {
  readonly parameters: Readonly<
    Record<string, { interpolationType?: string; allowedPattern?: string; default?: string }>
  >;
  readonly mainSteps: readonly { inputs: { runCommand: readonly string[] } }[];
}

export const readDocument = (name: string): Document =>
  parse(readFileSync(join('resources', 'documents', `${name}.yml`), 'utf8')) as Document;

/** Runs a document's script as the SSM Agent does: from a file, its parameters in the environment. */
export const runDocument = (
  name: string,
  folder: string,
  parameters: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
) => {
  const script = join(folder, '_script.sh');
  writeFileSync(script, readDocument(name).mainSteps[0]?.inputs.runCommand.join('\n') ?? '');
  const variables = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [`SSM_${key}`, value]),
  );
  return spawnSync('bash', [script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...variables, ...environment },
  });
};
