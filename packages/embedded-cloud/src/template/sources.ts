/** The files that a compiled template depends on. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Directories without sources: dependencies and build results. Names that begin with a dot are left out too. */
const noSources = new Set(['node_modules', 'dist', 'coverage']);

/** Names in the root that may be sources. */
export const allSources = (root: string): readonly string[] =>
  readdirSync(root)
    .filter((name) => !name.startsWith('.') && !noSources.has(name))
    .sort();

const extensions = ['.ts', '.mts', '.js', '.mjs', '.cjs'];

/** The file of a module that is given without its extension; undefined if there is none. */
export const fileOfModule = (root: string, module: string): string | undefined =>
  extensions.map((extension) => `${module}${extension}`).find((file) => existsSync(join(root, file)));

const filesUnder = (path: string): string[] =>
  !existsSync(path)
    ? []
    : statSync(path).isFile()
      ? [path]
      : readdirSync(path)
          .sort()
          .flatMap((name) => filesUnder(join(path, name)));

/** A hash over names and contents of the sources below `root`. It includes `form` (stage, form of the result). */
export const hashSources = (root: string, sources: readonly string[], form: string): string => {
  const hash = createHash('sha256').update(form);
  for (const file of sources.flatMap((path) => filesUnder(join(root, path)))) {
    hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
};

/**
 * The modules that function definitions (in YAML files among the sources) name as handlers. With it bundling need
 * not wait for the template. Modules that it misses are bundled afterwards.
 */
export const namedModules = (root: string, sources: readonly string[]): string[] => {
  const handlers = sources
    .flatMap((source) => filesUnder(join(root, source)))
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bhandler:\s*['"]?([\w./-]+)\.\w+/g)]);
  return [...new Set(handlers.map((match) => match[1] ?? ''))].filter((module) => fileOfModule(root, module));
};
