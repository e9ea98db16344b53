import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';

/** The Java programs of the run, or the reason why there are none on this machine. */
export type JavaParts =
  | { readonly folder: string; readonly classPath: string; readonly missing?: undefined }
  | { readonly missing: string };

const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Reads the form of `sha256sum`: the hash, two blanks, the file's name. */
export const checksumsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );

/** What is wrong with a folder's jars: missing, unknown, or of other content than was written down. */
export const wrongJars = (folder: string, checksums: ReadonlyMap<string, string>): string[] => {
  const found = existsSync(folder) ? readdirSync(folder) : [];
  return [
    ...[...checksums.keys()].filter((name) => !found.includes(name)).map((name) => `${name} is missing`),
    ...found.flatMap((name) => {
      const wanted = checksums.get(name);
      if (wanted === undefined) return [`${name} is not in checksums.sha256`];
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      return hash === wanted ? [] : [`${name} has the hash ${hash} instead of ${wanted}`];
    }),
  ];
};

/**
 * The jars of tests/e2e/java/pom.xml in `.build/e2e-java`, downloaded once by Maven. Without Java, Maven or Maven
 * Central, what needs them is left out.
 * @throws Error if a jar is not the one whose checksum was written down.
 */
export const javaParts = async (root: string): Promise<JavaParts> => {
  const options = { cwd: root, environment: process.env, timeoutMs: 180_000 };
  if ((await run('javac', ['-version'], options)).code !== 0)
    return { missing: 'there is no Java here (javac, 17 or later)' };
  const sources = join(root, 'tests', 'e2e', 'java');
  const folder = join(root, '.build', 'e2e-java');
  const checksums = checksumsIn(readFileSync(join(sources, 'checksums.sha256'), 'utf8'));
  const ready = { folder, classPath: join(folder, '*') };
  if (wrongJars(folder, checksums).length === 0) return ready;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { code, stdout, stderr } = await run(
    'mvn',
    [
      '--batch-mode',
      '--quiet',
      '--file',
      join(sources, 'pom.xml'),
      copyDependencies,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${folder}`,
    ],
    options,
  );
  if (code !== 0) {
    const [why = ''] = `${stdout}${stderr}`.trim().split('\n');
    return { missing: `Maven brought no jars from Maven Central (${why.trim()})` };
  }
  const wrong = wrongJars(folder, checksums);
  if (wrong.length === 0) return ready;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`Maven Central gave other jars than those written down: ${wrong.join('; ')}.`);
};
