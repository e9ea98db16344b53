import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

const root = join(__dirname, '../../..');

/** The project's modules by path, each with its imports. Packages are left out of the bundle. */
const modules = async (): Promise<Metafile['inputs']> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return metafile.inputs;
};

/** The packages that are loaded before a command runs: all imports but `import()`. */
const packagesAtStart = async (): Promise<string[]> => {
  const inputs = await modules();
  const packages = new Set<string>();
  const seen = new Set(['cli/main.ts']);
  for (const path of seen)
    for (const { path: target, kind, external } of inputs[path]?.imports ?? []) {
      if (kind === 'dynamic-import') continue;
      if (external) packages.add(target);
      else seen.add(target);
    }
  return [...packages].sort();
};

test('Help loads neither an SDK client nor a schema: each command loads what it needs when it runs', async () => {
  const loaded = await packagesAtStart();
  expect(loaded).toContain('commander');
  expect(loaded.filter((name) => /^(@aws-sdk|@smithy|zod|yaml)\b/.test(name))).toEqual([]);
});
