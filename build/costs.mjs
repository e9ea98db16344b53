#!/usr/bin/env node
// `npm run costs`: writes what an idle month costs into docs/costs.md, by the compiled template.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outfile = join(root, '.build', 'costs.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['build/costTables.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*', 'esbuild', 'serverless'],
  logLevel: 'error',
});
const { costsFile, withCosts } = createRequire(import.meta.url)(outfile);
const file = join(root, costsFile);
const written = await withCosts(readFileSync(file, 'utf8'), root);
writeFileSync(file, await format(written, { ...(await resolveConfig(file)), parser: 'markdown' }));
console.log(costsFile);
