import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a TypeScript file of the project into `.build/`, and loads it. @returns what it exports */
export const loadTypeScript = async (root, file) => {
  const outfile = join(root, '.build', `${basename(file, '.ts')}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@aws-sdk/*', '@smithy/*', 'esbuild', 'serverless'],
    logLevel: 'error',
  });
  return createRequire(import.meta.url)(outfile);
};
