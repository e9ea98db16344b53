/** The files that a compiled template depends on. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sourcePaths = [
  'serverless.yml',
  'statemachines',
  'functions',
  'lib',
  'resources',
  'packages/messaging',
  'build',
  'package-lock.json',
];

const filesUnder = (path: string): string[] =>
  !existsSync(path)
    ? []
    : statSync(path).isFile()
      ? [path]
      : readdirSync(path)
          .sort()
          .flatMap((name) => filesUnder(join(path, name)));

/** A hash over names and contents of all sources below `root`; `form` is mixed in (stage, form of the result). */
export const hashSources = (root: string, form: string): string => {
  const hash = createHash('sha256').update(form);
  for (const file of sourcePaths.flatMap((path) => filesUnder(join(root, path)))) {
    hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
};

/**
 * The modules that functions' definitions (serverless.yml and what lies beside the functions) name as handlers. A shortcut, so
 * that bundling need not wait for the template; what it misses is bundled afterwards.
 */
export const namedModules = (root: string): string[] => {
  const definitions = [join(root, 'serverless.yml'), ...filesUnder(join(root, 'functions'))];
  const handlers = definitions
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bhandler:\s*['"]?([\w./-]+)\.\w+/g)]);
  return [...new Set(handlers.map((match) => match[1] ?? ''))].filter((module) =>
    existsSync(join(root, `${module}.ts`)),
  );
};
