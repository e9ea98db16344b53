#!/usr/bin/env node
// Runs packages/messaging/bench/NAME.ts: `node packages/messaging/bench/run.mjs NAME [options]`. Bundled as a function is (middy inside); the SDK and the
// packages that are compared stay outside, so that both sides load the very same ones.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const [name, ...options] = process.argv.slice(2);
if (name === undefined || !/^[A-Za-z]+$/.test(name)) {
  console.error(
    'Usage: node packages/messaging/bench/run.mjs NAME [options], for instance: node packages/messaging/bench/run.mjs consumer --format json',
  );
  process.exit(2);
}
const outfile = join(root, '.build', 'bench', `${name}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: [`packages/messaging/bench/${name}.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['@aws-sdk/*', '@smithy/*', '@aws-lambda-powertools/*'],
  sourcemap: 'linked',
  logLevel: 'error',
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(options, root);
