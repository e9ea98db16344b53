import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';

const folder = mkdtempSync(join(tmpdir(), 'forseti-bundles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const importer = pathToFileURL(join(__dirname, '..', '..', 'bundles', 'importBundles.mjs')).href;

/** The problems of a function with this code, by a process as `npm run bundles` has it. */
const problemsOf = async (code: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const zip = join(folder, 'Some.zip');
  writeFileSync(zip, zipSync({ 'functions/Some.mjs': strToU8(code) }));
  const functions = [{ name: 'Some', zip, handler: 'functions/Some.handler', variables }];
  const script = `const { importBundles } = await import('${importer}');
    console.log(JSON.stringify(await importBundles(${JSON.stringify(functions)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as unknown;
};

test('A bundle that exports its handler has no problem, and sees the variables of its environment', async () => {
  const code = `if (process.env.QUEUE_URL === undefined) throw new Error('no queue');
    export const handler = async (event, context) => undefined;`;
  expect(await problemsOf(code, { QUEUE_URL: { Ref: 'Queue' } })).toEqual([]);
  expect(await problemsOf(code)).toEqual(['Some: Error: no queue']);
});

test.each([
  [
    'imports what is not in it',
    "import 'missing-package'; export const handler = async () => 1;",
    /missing-package/,
  ],
  ['is no module', 'export const handler = ;', /SyntaxError/],
  ['exports no handler', 'export const other = 1;', /exports no function handler/],
  ['has a handler with a callback', 'export const handler = (event, context, done) => done();', /callback/],
])('A bundle that %s is told with the reason', async (_what, code, reason) => {
  expect(await problemsOf(code)).toEqual([expect.stringMatching(reason)]);
});
