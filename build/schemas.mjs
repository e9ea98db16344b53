#!/usr/bin/env node
// `npm run schemas`: writes the JSON schemas of forseti.yml and of cloud descriptions into schemas/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outfile = join(root, '.build', 'schemas.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['build/schemaFiles.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@aws-sdk/*', '@smithy/*', 'esbuild', 'serverless'],
  logLevel: 'error',
});
const { schemaFiles } = createRequire(import.meta.url)(outfile);
mkdirSync(join(root, 'schemas'), { recursive: true });
for (const [name, schema] of Object.entries(schemaFiles())) {
  const path = join('schemas', name);
  const options = await resolveConfig(join(root, path));
  writeFileSync(
    join(root, path),
    await format(JSON.stringify(schema, null, 2), { ...options, parser: 'json' }),
  );
  console.log(path);
}
