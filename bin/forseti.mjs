#!/usr/bin/env node
// Runs the `forseti` command. In a checkout, TypeScript is bundled first whenever a source has changed; an installed
// package brings its bundles in dist/.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The SDK warns on every start that Node 20 will not be supported from 2027 on; versions are pinned until then.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = ['cli', 'lib', 'packages', 'package-lock.json', 'bin/forseti.mjs', 'build/command.mjs'];

const stamps = (path) => {
  const found = statSync(path);
  if (!found.isDirectory()) return [`${path} ${found.size} ${found.mtimeMs}`];
  return readdirSync(path)
    .sort()
    .flatMap((name) => stamps(join(path, name)));
};

/** Bundles into .build/ unless the sources' sizes and times are those of the last time. @returns the folder. */
const build = async () => {
  const folder = join(root, '.build');
  const stamp = createHash('sha256')
    .update(sources.flatMap((source) => stamps(join(root, source))).join('\n'))
    .digest('hex');
  const stampFile = join(folder, 'cli.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return folder;
  const { buildCommand } = await import('../build/command.mjs');
  await buildCommand(root, folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(stampFile, stamp);
  return folder;
};

const dist = join(root, 'dist');
const folder = existsSync(join(dist, 'cli.cjs')) ? dist : await build();
// From Node 22.1 on; half of a start is the compiling of the SDK's clients.
module.enableCompileCache?.(join(folder, 'v8'));
const { main } = createRequire(import.meta.url)(join(folder, 'cli.cjs'));
process.exitCode = await main(process.argv, { root, folder });
