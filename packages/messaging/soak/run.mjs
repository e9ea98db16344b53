#!/usr/bin/env node
// `npm run soak`: bundles soak.ts and runs it. The SDK stays outside, as for the command line.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const outfile = join(root, '.build', 'rehearsal', 'soak.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['packages/messaging/soak/soak.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*'],
  sourcemap: 'linked',
  logLevel: 'error',
});
const { main } = createRequire(import.meta.url)(outfile);
process.exitCode = await main(process.argv.slice(2), outfile);
