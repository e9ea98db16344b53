/**
 * `npm run privileges` checks that each permission is used and each call is allowed, by the record of a whole run of
 * the tests.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { PolicyUse } from '@forseti/embedded-cloud';
import { compileStack } from '../../cli/local/stack';
import { filled } from './document';
import { judgeUses, type Problems } from './judge';
import { permissionsOf } from './permissions';
import { refusedOnPurpose, unusedOnPurpose } from './exceptions';

const usesIn = (folder: string): PolicyUse[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.jsonl'))
        .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as PolicyUse)
    : [];

/** Test files that the run left out. The record lacks the permissions that they would have used. */
const notRun = (root: string, results: string): string[] => {
  const all = readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('tests', file));
  if (!existsSync(results)) return all;
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as {
    testResults: readonly { readonly name: string }[];
  };
  const ran = new Set(testResults.map(({ name }) => relative(root, name)));
  return all.filter((file) => !ran.has(file));
};

const titles: Readonly<Record<keyof Problems, string>> = {
  unused: 'Permissions that no run used: remove them, or test what needs them',
  refused: 'Calls that the template does not allow',
  idle: 'Exceptions in tests/privileges/exceptions.ts that are none (used, or not held any more)',
};

/** Writes the tables of docs/security.md. */
const write = async (root: string): Promise<number> => {
  const file = join(root, 'docs', 'security.md');
  const { permissions } = await permissionsOf(await compileStack(root));
  const options = (await resolveConfig(file)) ?? {};
  const text = await filled(readFileSync(file, 'utf8'), permissions);
  writeFileSync(file, await format(text, { ...options, parser: 'markdown' }));
  return 0;
};

/**
 * @param args `--write`, or the folder of the record and Jest's results; by default `.build/privileges` and
 *   `.build/jest.json`.
 * @returns the exit code: 0 without findings, 1 with findings or if only a part of the tests ran.
 */
export const main = async (root: string, args: readonly string[]): Promise<number> => {
  if (args[0] === '--write') return write(root);
  const [folder = join(root, '.build', 'privileges'), results = join(root, '.build', 'jest.json')] = args;
  const uses = usesIn(folder);
  const held = await permissionsOf(await compileStack(root));
  const problems = judgeUses(held, uses, { unused: unusedOnPurpose, refused: refusedOnPurpose });
  for (const [kind, title] of Object.entries(titles) as [keyof Problems, string][])
    if (problems[kind].length > 0)
      console.log(`${title}:\n${[...new Set(problems[kind])].map((one) => `  ${one}\n`).join('')}`);
  const left = notRun(root, results);
  const bad = Object.values(problems).flat().length;
  console.log(
    `${String(held.permissions.length)} permissions (role and action), ${String(unusedOnPurpose.length)} exceptions, ${String(bad)} problems.`,
  );
  if (left.length > 0)
    console.log(
      `Partial: ${String(left.length)} test files did not run, so that this is no proof. Run them all with FORSETI_PRIVILEGES=.build/privileges.`,
    );
  return bad > 0 || left.length > 0 ? 1 : 0;
};
