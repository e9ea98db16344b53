import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

type Dependencies = Readonly<Record<string, string>>;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Dependencies;
  readonly peerDependencies: Dependencies;
  readonly devDependencies: Dependencies;
};

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name));

/** The imports of a file, including types. */
const importsOf = (file: string): string[] =>
  ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);

/** For example `@aws-sdk/client-sqs` for `@aws-sdk/client-sqs/dist`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const packagesIn = (folders: readonly string[]): string[] => {
  const specifiers = folders.flatMap(filesIn).flatMap(importsOf);
  const bare = specifiers.filter((one) => !one.startsWith('.') && !one.startsWith('node:'));
  return [...new Set(bare.map(packageOf))].filter((name) => name !== '@forseti/embedded-cloud').sort();
};

test('Everything that the sources import is a dependency, or one of the package that installs it', () => {
  const declared = { ...manifest.dependencies, ...manifest.peerDependencies };
  expect(packagesIn(['src']).filter((name) => !(name in declared))).toEqual([]);
});

test('Everything else that is imported is declared, too', () => {
  const { dependencies, peerDependencies, devDependencies } = manifest;
  const declared = { ...dependencies, ...peerDependencies, ...devDependencies };
  expect(packagesIn(['contracts', 'examples', 'tests']).filter((name) => !(name in declared))).toEqual([]);
});

test('Nothing outside of the package is imported', () => {
  const outside = ['src', 'contracts', 'examples', 'tests']
    .flatMap(filesIn)
    .filter((file) =>
      importsOf(file).some((one) => one.startsWith('.') && !join(file, '..', one).startsWith(root)),
    );
  expect(outside).toEqual([]);
});

test('The sources know of no project that uses them', () => {
  const named = filesIn('src').filter((file) =>
    /forseti/i.test(readFileSync(file, 'utf8').replaceAll('@forseti/embedded-cloud', '')),
  );
  expect(named).toEqual([]);
});
