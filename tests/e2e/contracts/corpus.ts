import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RequestCheck } from './fidelity';

const run = promisify(execFile);
const maxOutput = 256 * 1024 * 1024;

/**
 * These runs together call everything that the code calls. They are used if there is no record of the whole test
 * suite.
 */
const sources = [
  ['tests/recording/run.mjs', 'demo', '--format', 'json'],
  ['packages/messaging/soak/run.mjs', '--messages', '500'],
  [
    'node_modules/jest/bin/jest.js',
    'tests/machines',
    'tests/unit/cli',
    'packages/messaging/tests',
    'tests/unit/intake',
    'tests/unit/failover',
    'tests/unit/application',
  ],
] as const;

/**
 * The folder of the corpus: that of the test suite's last successful run (`.ci/run` keeps it). If there is none, a
 * corpus is made from demo, soak and the machines' tests.
 */
export const corpusOf = async (root: string): Promise<{ folder: string; from: string }> => {
  const whole = join(root, '.build', 'corpus');
  if (existsSync(join(whole, 'whole'))) return { folder: whole, from: 'the last run of the suite' };
  const folder = join(root, '.build', 'e2e', 'corpus');
  rmSync(folder, { recursive: true, force: true });
  const env = { ...process.env, FORSETI_CORPUS: folder };
  for (const parameters of sources)
    await run(process.execPath, [...parameters], { cwd: root, env, maxBuffer: maxOutput });
  return { folder, from: 'demo, soak and the tests of the machines' };
};

const held = async (root: string, python: string, folder: string): Promise<RequestCheck> => {
  const script = join(root, 'tests', 'e2e', 'contracts', 'check_requests.py');
  const { stdout } = await run(python, [script, folder], { maxBuffer: maxOutput });
  return JSON.parse(stdout) as RequestCheck;
};

/** One request for each kind of mistake. */
const wrong: readonly (readonly [service: string, action: string, input: object])[] = [
  ['ssm', 'GetParameter', {}],
  ['ssm', 'GetParameter', { Name: '/a', Nam: '/b' }],
  ['ssm', 'GetParameter', { Name: 7 }],
  ['ssm', 'PutParameter', { Name: '/a', Value: 'b', Type: 'Text' }],
  ['dynamodb', 'DescribeTable', { TableName: '' }],
  ['dynamodb', 'BatchWriteItem', { RequestItems: {} }],
  ['states', 'SendTaskFailure', { taskToken: 't', error: 'e'.repeat(257) }],
  ['lambda', 'Invoke', { FunctionName: 'with blanks' }],
  ['ec2', 'RunEverything', {}],
];

/** @throws Error if the check accepts a request that is known to be wrong, since it would prove nothing. */
const testTheCheck = async (root: string, python: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'wrong-'));
  try {
    const lines = wrong.map(([service, action, input]) =>
      JSON.stringify({ service, action, input, principal: { kind: 'person', name: 'nobody' } }),
    );
    writeFileSync(join(folder, 'wrong.jsonl'), `${lines.join('\n')}\n`);
    const { violations } = await held(root, python, folder);
    const found = new Set(
      violations.map(({ service, action, input }) => JSON.stringify([service, action, input])),
    );
    const missed = wrong.filter((one) => !found.has(JSON.stringify(one)));
    if (missed.length > 0)
      throw new Error(`The check of requests lets these pass: ${JSON.stringify(missed)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/**
 * Checks a corpus with the services' own models.
 * @param python the interpreter of the environment that has botocore.
 */
export const checkCorpus = async (root: string, python: string, folder: string): Promise<RequestCheck> => {
  await testTheCheck(root, python);
  return held(root, python, folder);
};
