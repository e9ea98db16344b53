#!/usr/bin/env node
// `npm run schemas`: writes the JSON schemas of forseti.yml and of cloud descriptions into schemas/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { loadTypeScript } from './loadTypeScript.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { schemaFiles } = await loadTypeScript(root, 'build/schemaFiles.ts');
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
