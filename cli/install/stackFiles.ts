/** The compiled stack as files: the template of the sentinel stage, and the functions' zips beside it. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CloudFormationTemplate, Json, Packaged, TemplateResource } from '@forseti/embedded-cloud';
import { sentinelStage } from './stageOf';

/** One object that functions take their code from. */
export interface Asset {
  readonly key: string;
  readonly file: string;
}

/** A stack that is ready to be deployed, for any stage. */
export interface StackFiles {
  readonly template: CloudFormationTemplate;
  readonly assets: readonly Asset[];
}

/** The bucket's folder. It is outside that of the framework, which removes older deployments there. */
export const assetsFolder = 'forseti/assets';

interface Code {
  readonly S3Bucket: Json;
  readonly S3Key: string;
}

const codeOf = ({ Type, Properties }: TemplateResource): Code | undefined =>
  Type === 'AWS::Lambda::Function' ? (Properties?.Code as unknown as Code | undefined) : undefined;

/** `…/Accept.zip` is the file `Accept.zip`. */
const fileOfKey = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/**
 * Gives each zip a key by its content. The framework's keys hold the time, so that each deployment would change every
 * function.
 */
export const withContentKeys = ({ template, artifacts }: Packaged): CloudFormationTemplate => {
  const keyOf = (file: string): string => {
    const zip = artifacts[file];
    if (zip === undefined) throw new Error(`serverless package made no ${file}.`);
    const hash = createHash('sha256').update(zip).digest('hex').slice(0, 32);
    return `${assetsFolder}/${hash}/${file}`;
  };
  const resources = Object.entries(template.Resources).map(([id, resource]): [string, TemplateResource] => {
    const code = codeOf(resource);
    if (!code) return [id, resource];
    const Code = { S3Bucket: code.S3Bucket, S3Key: keyOf(fileOfKey(code.S3Key)) };
    return [id, { ...resource, Properties: { ...resource.Properties, Code } }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
};

/** Writes the files that {@link readStackFiles} reads. The template comes last: with it the folder is complete. */
export const writeStackFiles = (folder: string, packaged: Packaged): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, zip] of Object.entries(packaged.artifacts)) writeFileSync(join(folder, file), zip);
  writeFileSync(join(folder, 'template.json'), JSON.stringify(withContentKeys(packaged)));
};

/** @param folder with `template.json` and the zips */
export const readStackFiles = (folder: string): StackFiles => {
  const template = JSON.parse(readFileSync(join(folder, 'template.json'), 'utf8')) as CloudFormationTemplate;
  const keys = new Set(Object.values(template.Resources).flatMap((one) => codeOf(one)?.S3Key ?? []));
  return { template, assets: [...keys].map((key) => ({ key, file: join(folder, fileOfKey(key)) })) };
};

/** Compiles the stack into a folder, as a package brings it. */
export const compileStackFiles = async (root: string, folder: string): Promise<void> => {
  const { packageProject } = await import('@forseti/embedded-cloud');
  writeStackFiles(folder, await packageProject(root, { stage: sentinelStage }));
};

/** No compilation takes as long, and no process reads an older result. */
const staleMs = 3_600_000;
const isStale = (path: string): boolean =>
  Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > staleMs;

/**
 * The stack that this command installs. A published package brings it in `dist/stack`; a checkout compiles it, and
 * keeps the result until a source changes.
 */
export const loadStackFiles = async (root: string): Promise<StackFiles> => {
  const shipped = join(root, 'dist', 'stack');
  if (existsSync(join(shipped, 'template.json'))) return readStackFiles(shipped);
  const [{ hashSources }, { stackSources }] = await Promise.all([
    import('@forseti/embedded-cloud'),
    import('../local/stack'),
  ]);
  const parent = join(root, '.build', 'stack');
  const folder = join(parent, hashSources(root, stackSources, sentinelStage));
  if (!existsSync(join(folder, 'template.json'))) {
    mkdirSync(parent, { recursive: true });
    for (const old of readdirSync(parent))
      if (isStale(join(parent, old))) rmSync(join(parent, old), { recursive: true, force: true });
    // Made beside it and renamed: another process may compile the same sources.
    const draft = mkdtempSync(join(parent, 'draft-'));
    await compileStackFiles(root, draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  }
  return readStackFiles(folder);
};
