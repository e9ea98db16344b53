import { relative, resolve, sep } from 'node:path';
import type { Bundle } from './compiled';
import { fileOfModule } from './sources';

/**
 * Bundles handlers as CommonJS, without the SDK: the sandbox's `require` gives clients that call the cloud. All
 * other modules are bundled into each function, as on AWS. One of them is middy, which has module-wide state.
 *
 * @param modules paths below `root` without extension
 */
export const bundleModules = async (
  root: string,
  modules: readonly string[],
): Promise<Record<string, Bundle>> => {
  if (modules.length === 0) return {};
  const { build } = await import('esbuild');
  const outdir = resolve(root, '.build', 'bundles');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      modules.map((module) => [module, fileOfModule(root, module) ?? `${module}.ts`]),
    ),
    outdir,
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Identifiers stay, since stack traces name functions. Whitespace goes, since less text is faster to read from
    // the cache.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    external: ['@aws-sdk/*', '@smithy/*'],
    outExtension: { '.js': '.cjs' },
    logLevel: 'silent',
  });
  return Object.fromEntries(
    outputFiles.map(({ path, text }) => {
      const file = relative(outdir, path).split(sep).join('/');
      return [file.replace(/\.cjs$/, ''), { file, text }];
    }),
  );
};
