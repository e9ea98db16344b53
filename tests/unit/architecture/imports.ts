import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** The imports of each source file by its path, types included. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const sourcesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'));

/**
 * @param file relative to the repository's root
 * @param specifier as in the import
 */
const resolved = (
  file: string,
  specifier: string,
  packages: Readonly<Record<string, string>>,
): string | undefined =>
  specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : packages[specifier];

/**
 * Reads the imports of all TypeScript files below some folders, as the compiler does (`import type`, `import()`,
 * `export from`).
 * @param packages the workspace's packages by name, with the file that each means without its extension.
 */
export const readImports = (
  folders: readonly string[],
  packages: Readonly<Record<string, string>> = {},
): Imports => {
  const files = folders.flatMap(sourcesUnder);
  const known = new Set(files);
  const existing = (path: string): string | undefined =>
    [path, `${path}.ts`, join(path, 'index.ts')].find((candidate) => known.has(candidate));
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
      const targets = importedFiles.flatMap(({ fileName }) => {
        const path = resolved(file, fileName, packages);
        return path === undefined ? [] : (existing(path) ?? []);
      });
      return [file, [...new Set(targets)]] as const;
    }),
  );
};
