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

/** Counts up when what is kept changes its form. */
const form = 1;
const keptResults = 8;

/** How a project is compiled that `serverless package` can package. */
export interface ProjectOptions {
  /** Another stage than serverless.yml's own. */
  readonly stage?: string;
  /**
   * Files and folders below the root that the result depends on: the result is kept until one of them changes.
   * Everything but dependencies and build results by default.
   */
  readonly sources?: readonly string[];
  /** Further environment variables of `serverless package`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A file below the root with a result that was made beforehand: taken where it exists. */
  readonly prebuilt?: string;
}

const handlersOf = (template: CloudFormationTemplate): string[] =>
  Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties?.Handler as string);

/** Where code would lie in S3 carries the time of packaging; nothing here needs it, and the same sources must give the same result. */
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
  // Waited for below; without a listener its failure would end the process before the framework has cleaned up.
  bundling.catch(() => undefined);
  const template = await packageTemplate(root, options);
  const early = await bundling;
  const missed = [...new Set(handlersOf(template).map(moduleOf))].filter((module) => !(module in early));
  const bundles = { ...early, ...(await bundleModules(root, missed)) };
  return { hash, template: withoutCode(template), bundles };
};

/** Complete or not there: other processes may be reading and writing beside us. */
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
 * Compiles a project as it would be deployed: the CloudFormation template and the functions' code. The result is kept
 * under `.build/cache` until a source changes.
 *
 * @param root the folder of serverless.yml.
 * @throws Error with the framework's or the bundler's whole output.
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
 * A plain CloudFormation template (intrinsic functions in their long form, `{"Ref": …}`) with its functions' code.
 * Handlers are modules below `root`: `src/handlers/accept.handler` is the export `handler` of `src/handlers/accept.ts`.
 *
 * @throws Error with the bundler's whole output.
 */
export const compileTemplate = async (root: string, template: CloudFormationTemplate): Promise<Compiled> => {
  const bundles = await bundleModules(root, [...new Set(handlersOf(template).map(moduleOf))]);
  const hash = createHash('sha256').update(JSON.stringify({ template, bundles })).digest('hex').slice(0, 32);
  return { hash, template: withoutCode(template), bundles };
};
