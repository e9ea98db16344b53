/** The files that a compiled template depends on. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** No source: dependencies, and what is built. Names with a dot in front are none either. */
const noSources = new Set(['node_modules', 'dist', 'coverage']);

/** What lies in the root, by name: everything that may be a source. */
export const allSources = (root: string): readonly string[] =>
  readdirSync(root)
    .filter((name) => !name.startsWith('.') && !noSources.has(name))
    .sort();

const extensions = ['.ts', '.mts', '.js', '.mjs', '.cjs'];

/** The file of a module that is named without its extension; undefined where there is none. */
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

/** A hash over names and contents of the sources below `root`; `form` is mixed in (stage, form of the result). */
export const hashSources = (root: string, sources: readonly string[], form: string): string => {
  const hash = createHash('sha256').update(form);
  for (const file of sources.flatMap((path) => filesUnder(join(root, path)))) {
    hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
};

/**
 * The modules that definitions of functions (YAML files among the sources) name as handlers. A shortcut, so that
 * bundling need not wait for the template; what it misses is bundled afterwards.
 */
export const namedModules = (root: string, sources: readonly string[]): string[] => {
  const handlers = sources
    .flatMap((source) => filesUnder(join(root, source)))
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bhandler:\s*['"]?([\w./-]+)\.\w+/g)]);
  return [...new Set(handlers.map((match) => match[1] ?? ''))].filter((module) => fileOfModule(root, module));
};
