// Bundles the `forseti` command and its worker: into .build/ in a checkout, into dist/ for the package.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const entries = { cli: 'cli/main.ts', worker: 'cli/local/worker.ts' };

export const buildCommand = async (root, folder, more = {}) => {
  const present = Object.entries({ ...entries, ...more }).filter(([, file]) => existsSync(join(root, file)));
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(present),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The embedded cloud gives functions subclasses of the SDK's classes, so all have to load the same modules.
    external: ['@aws-sdk/*', '@smithy/*', 'esbuild', 'serverless'],
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { 'import.meta.url': 'importMetaUrl' },
    sourcemap: 'linked',
    logLevel: 'error',
  });
};
