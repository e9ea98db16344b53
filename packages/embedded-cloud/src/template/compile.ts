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
import { hashSources, namedModules } from './sources';

/** Counts up when what is kept changes its form. */
const form = 1;
const keptResults = 8;

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

const make = async (root: string, hash: string, stage: string | undefined): Promise<Compiled> => {
  const bundling = bundleModules(root, namedModules(root));
  // Waited for below; without a listener its failure would end the process before the framework has cleaned up.
  bundling.catch(() => undefined);
  const template = await packageTemplate(root, stage);
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
 * Compiles the project as it would be deployed: the CloudFormation template and the functions' code. The result is
 * kept under `.build/cache` until a source changes. An installed package has its result ready (`dist/compiled.json`)
 * and no sources.
 *
 * @param root the folder of serverless.yml.
 * @param stage another stage than serverless.yml's own.
 * @throws Error with the framework's or the bundler's whole output.
 */
export const compile = async (root: string, stage?: string): Promise<Compiled> => {
  const prebuilt = join(root, 'dist', 'compiled.json');
  if (stage === undefined && existsSync(prebuilt)) {
    return JSON.parse(readFileSync(prebuilt, 'utf8')) as Compiled;
  }
  const hash = hashSources(root, `${form} ${stage ?? ''}`);
  const directory = join(root, '.build', 'cache');
  const file = join(directory, `${hash}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Compiled;
  const compiled = await make(root, hash, stage);
  keep(directory, file, compiled);
  return compiled;
};
