#!/usr/bin/env node
// `npm run privileges`: compares the record of a whole run of the tests with the roles of the template.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const outfile = join(root, '.build', 'privileges.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['tests/privileges/report.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*', '@cloud-copilot/*', 'esbuild', 'prettier', 'serverless'],
  logLevel: 'error',
});
const { main } = createRequire(import.meta.url)(outfile);
process.exitCode = await main(root, process.argv.slice(2));
