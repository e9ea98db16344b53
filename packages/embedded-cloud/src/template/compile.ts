import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bundleModules } from './bundle';
import { type CloudFormationTemplate, type Compiled, moduleOf } from './compiled';
import { packageTemplate } from './package';
import { allSources, hashSources, namedModules } from './sources';

/** Version of the cached form: raise it with each change of that form. */
const form = 1;
const keptResults = 8;

/** Options for a project that `serverless package` can package. */
export interface ProjectOptions {
  /** A stage other than serverless.yml's own. */
  readonly stage?: string;
  /**
   * Files and folders below the root on which the result depends. The cached result is used until one of them
   * changes. By default all but dependencies and build results.
   */
  readonly sources?: readonly string[];
  /** Additional environment variables for `serverless package`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A file below the root with a result that was compiled before. It is used if it exists. */
  readonly prebuilt?: string;
}

const handlersOf = (template: CloudFormationTemplate): string[] =>
  Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties?.Handler as string);

/**
 * Removes the location of the code in S3. It contains the time of packaging and is not used here. The same sources
 * must give the same result.
 */
const withoutCode = (template: CloudFormationTemplate): CloudFormationTemplate => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => {
      const properties = Object.entries(resource.Properties ?? {}).filter(([name]) => name !== 'Code');
      return [id, { ...resource, Properties: Object.fromEntries(properties) }];
    }),
  ),
});

const make = async (
  root: string,
  hash: string,
  sources: readonly string[],
  options: ProjectOptions,
): Promise<Compiled> => {
  const bundling = bundleModules(root, namedModules(root, sources));
  // It is awaited below. Without this listener a failure would end the process before the framework has cleaned
  // up.
  bundling.catch(() => undefined);
  const template = await packageTemplate(root, options);
  const early = await bundling;
  const missed = [...new Set(handlersOf(template).map(moduleOf))].filter((module) => !(module in early));
  const bundles = { ...early, ...(await bundleModules(root, missed)) };
  return { hash, template: withoutCode(template), bundles };
};

/**
 * Writes a file and renames it, so that it is complete or missing: other processes may read and write at the same
 * time.
 */
const keep = (directory: string, file: string, compiled: Compiled): void => {
  mkdirSync(directory, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(compiled));
  renameSync(draft, file);
  const results = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter(existsSync)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of results.slice(keptResults)) rmSync(old, { force: true });
};

/**
 * Compiles a project as it would be deployed: the CloudFormation template and the functions' code. The result is
 * cached in `.build/cache` until a source changes.
 *
 * @param root the folder of serverless.yml
 * @throws Error with the whole output of the framework or the bundler
 */
export const compileServerless = async (root: string, options: ProjectOptions = {}): Promise<Compiled> => {
  const { stage, prebuilt, sources = allSources(root) } = options;
  const ready = prebuilt === undefined ? undefined : join(root, prebuilt);
  if (ready !== undefined && existsSync(ready)) return JSON.parse(readFileSync(ready, 'utf8')) as Compiled;
  const hash = hashSources(root, sources, `${form} ${stage ?? ''}`);
  const directory = join(root, '.build', 'cache');
  const file = join(directory, `${hash}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Compiled;
  const compiled = await make(root, hash, sources, options);
  keep(directory, file, compiled);
  return compiled;
};

/**
 * Adds the functions' code to a plain CloudFormation template, whose intrinsic functions have the long form
 * (`{"Ref": …}`). Handlers are modules below `root`: `src/handlers/accept.handler` is the export `handler` of
 * `src/handlers/accept.ts`.
 *
 * @throws Error with the whole output of the bundler
 */
export const compileTemplate = async (root: string, template: CloudFormationTemplate): Promise<Compiled> => {
  const bundles = await bundleModules(root, [...new Set(handlersOf(template).map(moduleOf))]);
  const hash = createHash('sha256').update(JSON.stringify({ template, bundles })).digest('hex').slice(0, 32);
  return { hash, template: withoutCode(template), bundles };
};
