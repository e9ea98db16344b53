#!/usr/bin/env node
// `npm run costs`: writes what an idle month costs into docs/costs.md, by the compiled template.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { loadTypeScript } from './loadTypeScript.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { costsFile, withCosts } = await loadTypeScript(root, 'build/costTables.ts');
const file = join(root, costsFile);
const written = await withCosts(readFileSync(file, 'utf8'), root);
writeFileSync(file, await format(written, { ...(await resolveConfig(file)), parser: 'markdown' }));
console.log(costsFile);
