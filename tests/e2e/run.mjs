#!/usr/bin/env node
// `npm run e2e [-- SCENARIO...]`: bundles main.ts and runs it. The SDK stays outside, as for the command line.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const outfile = join(root, '.build', 'e2e', 'main.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['tests/e2e/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*', 'amazon-states-language-service', 'esbuild', 'serverless'],
  sourcemap: 'linked',
  logLevel: 'error',
});
const { main } = createRequire(import.meta.url)(outfile);
const exitCode = await main(root, process.argv.slice(2));
// The whole run, unless scenarios are named. The contracts run on emulators of their own, without the stack.
if (process.argv.slice(2).every((one) => one === '--full')) await import('./contracts/run.mjs');
process.exitCode = exitCode || process.exitCode;
