#!/usr/bin/env node
// `npm pack` runs this first: an installed package has dist/ instead of the sources. `npm pack` removes dist/ afterwards,
// since a checkout with a dist/ would run that and not its sources.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCommand } from './command.mjs';
import { buildMessaging } from './messaging.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** Bundles modules of the command by their paths, and hands them to `use`. */
const withModules = async (files, use) => {
  mkdirSync(join(root, '.build'), { recursive: true });
  const folder = mkdtempSync(join(root, '.build', 'pack-'));
  try {
    await buildCommand(root, folder, files);
    const load = createRequire(import.meta.url);
    await use(
      Object.fromEntries(Object.keys(files).map((name) => [name, load(join(folder, `${name}.cjs`))])),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Compiles the stack that the embedded cloud loads. */
const compile = () =>
  withModules({ stack: 'cli/local/stack.ts' }, async ({ stack }) => {
    writeFileSync(join(dist, 'compiled.json'), JSON.stringify(await stack.compileStack(root)));
  });

/** Compiles the stack that `forseti install` deploys: a template for any stage, and the functions' zips. */
const stack = () =>
  withModules({ stackFiles: 'cli/install/stackFiles.ts' }, ({ stackFiles }) =>
    stackFiles.compileStackFiles(root, join(dist, 'stack')),
  );

const parts = {
  messaging: () => buildMessaging(root, join(dist, 'messaging')),
  // Compiled before the command is written to dist/: before that, no tool takes dist/ for a whole package.
  compiled: compile,
  stack,
  command: () => buildCommand(root, dist),
};

const [asked, ...others] = process.argv.slice(2);
if (others.length > 0 || (asked !== undefined && !(asked in parts))) {
  console.error(`Usage: node build/pack.mjs [${Object.keys(parts).join('|')}]`);
  process.exit(2);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
try {
  for (const name of asked === undefined ? Object.keys(parts) : [asked]) await parts[name]();
} catch (error) {
  rmSync(dist, { recursive: true, force: true });
  throw error;
}
