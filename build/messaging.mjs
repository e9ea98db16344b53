// Builds packages/messaging as `forseti/messaging` is published: one ES module and its types, which need the SDK's clients only.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const sources = 'packages/messaging/src';

const bundle = (root, folder) =>
  build({
    absWorkingDir: root,
    entryPoints: [`${sources}/index.ts`],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The caller passes its own clients: the commands have to come from the same packages.
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: true,
    logLevel: 'error',
  });

/** Declarations by their path below the sources: `Map<string, string>`. @throws Error with the compiler's findings */
const declarations = (root) => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram([join(root, sources, 'index.ts')], {
    ...options,
    types: ['node'],
    // `npm run types` checks the sources.
    noCheck: true,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, sources),
  });
  const found = new Map();
  const { diagnostics } = program.emit(undefined, (file, text) => {
    found.set(relative(join(root, sources), file), text);
  });
  if (diagnostics.length > 0)
    throw new Error(
      diagnostics.map(({ messageText: text }) => ts.flattenDiagnosticMessageText(text, '\n')).join('\n'),
    );
  return found;
};

/** Node's own resolution needs the whole file name, and TypeScript follows it for `nodenext`. */
const withExtensions = (text) =>
  text.replace(/(from |import\()'(\.\.?\/[^']+)'/g, (_, before, path) => `${before}'${path}.js'`);

/** The declarations that index.d.ts imports, directly or not. @throws Error if one of them is missing */
const reachable = (found) => {
  const names = ['index.d.ts'];
  for (const name of names)
    for (const [, path] of (found.get(name) ?? '').matchAll(/(?:from |import\()'(\.\.?\/[^']+)'/g)) {
      const next = `${join(dirname(name), path)}.d.ts`;
      if (dirname(next) !== '.' || !found.has(next))
        throw new Error(`${name} shows types of ${next}, which is not published with it.`);
      if (!names.includes(next)) names.push(next);
    }
  return names;
};

/** @param folder where index.js and the declarations are written, for instance dist/messaging. */
export const buildMessaging = async (root, folder) => {
  mkdirSync(folder, { recursive: true });
  await bundle(root, folder);
  const found = declarations(root);
  for (const name of reachable(found))
    writeFileSync(join(folder, basename(name)), withExtensions(found.get(name)));
};
