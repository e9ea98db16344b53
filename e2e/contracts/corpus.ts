import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RequestCheck } from '../../contracts/fidelity';

const run = promisify(execFile);
const mostOutput = 256 * 1024 * 1024;

/** Runs that between them call everything that the code calls, where the whole suite was not run before. */
const sources = [
  ['bin/forseti.mjs', 'demo', '--format', 'json'],
  ['rehearsal/soak/run.mjs', '--messages', '500'],
  [
    'node_modules/jest/bin/jest.js',
    'tests/machines',
    'tests/unit/cli',
    'tests/unit/intake',
    'tests/unit/failover',
  ],
] as const;

/**
 * The folder of the corpus: that of the test suite's last run with `FORSETI_CORPUS=.build/corpus`, else one that is
 * made now of demo, soak and the machines' tests.
 */
export const corpusOf = async (root: string): Promise<{ folder: string; from: string }> => {
  const whole = join(root, '.build', 'corpus');
  if (existsSync(whole) && readdirSync(whole).length > 0)
    return { folder: whole, from: 'the last run of the suite' };
  const folder = join(root, '.build', 'e2e', 'corpus');
  rmSync(folder, { recursive: true, force: true });
  const env = { ...process.env, FORSETI_CORPUS: folder };
  for (const parameters of sources)
    await run(process.execPath, [...parameters], { cwd: root, env, maxBuffer: mostOutput });
  return { folder, from: 'demo, soak and the tests of the machines' };
};

/**
 * Holds a corpus against the services' own models.
 *
 * @param python the interpreter of the environment that has botocore.
 */
export const checkCorpus = async (root: string, python: string, folder: string): Promise<RequestCheck> => {
  const script = join(root, 'e2e', 'contracts', 'check_requests.py');
  const { stdout } = await run(python, [script, folder], { maxBuffer: mostOutput });
  return JSON.parse(stdout) as RequestCheck;
};
