import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { CloudFormationTemplate } from './compiled';

const serverlessCommand = (root: string): string =>
  join(
    dirname(createRequire(join(root, 'package.json')).resolve('serverless/package.json')),
    'bin',
    'serverless.js',
  );

/** The caller's environment without AWS's variables: packaging must be the same with and without an account. */
const quietEnvironment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|SLS|SERVERLESS)_/.test(name))),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_EC2_METADATA_DISABLED: 'true',
  NODE_NO_WARNINGS: '1',
  SLS_NOTIFICATIONS_MODE: 'off',
  SLS_TELEMETRY_DISABLED: '1',
  ...more,
});

/** Removes files that killed runs left. No run takes as long as this limit. */
const removeStale = (parent: string): void => {
  const stale = Date.now() - 600_000;
  for (const name of readdirSync(parent).filter((one) => one.startsWith('package-'))) {
    const path = join(parent, name);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < stale) {
      rmSync(path, { recursive: true, force: true });
    }
  }
};

/**
 * Makes a directory with links to the project. The framework always writes to `.serverless` beside the service file,
 * so two simultaneous runs would delete each other's files.
 */
const makeView = (root: string): string => {
  const parent = join(root, '.build');
  mkdirSync(parent, { recursive: true });
  removeStale(parent);
  const view = mkdtempSync(join(parent, 'package-'));
  for (const name of readdirSync(root)) {
    if (name.startsWith('.') || name === 'serverless.yml') continue;
    symlinkSync(join(root, name), join(view, name), 'junction');
  }
  cpSync(join(root, 'serverless.yml'), join(view, 'serverless.yml'));
  return view;
};

const run = (
  command: string,
  parameters: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { cwd: directory, env: quietEnvironment(environment), maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [command, ...parameters], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`serverless package failed:\n${stdout}${stderr}`, { cause: error }));
      else resolve();
    });
  });

/** Options of one run of `serverless package`. */
interface PackageOptions {
  readonly stage?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `serverless package` in a view of the project, and reads its results before they are removed. */
const withPackage = async <Result>(
  root: string,
  { stage, environment = {} }: PackageOptions,
  read: (place: { readonly view: string; readonly output: string }) => Result,
): Promise<Result> => {
  const view = makeView(root);
  try {
    const output = join(view, 'package');
    const stageOption = stage === undefined ? [] : ['--stage', stage];
    await run(serverlessCommand(root), ['package', '--package', output, ...stageOption], view, environment);
    return read({ view, output });
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
};

const readTemplate = (output: string): CloudFormationTemplate => {
  const file = join(output, 'cloudformation-template-update-stack.json');
  if (!existsSync(file)) throw new Error('serverless package wrote no template.');
  return JSON.parse(readFileSync(file, 'utf8')) as CloudFormationTemplate;
};

/**
 * Runs `serverless package` without bundling code. It needs neither network nor account, and takes about a second
 * and a half.
 */
export const packageTemplate = (root: string, options: PackageOptions): Promise<CloudFormationTemplate> =>
  withPackage(root, options, ({ output }) => readTemplate(output));

/** The result of `serverless package` with everything that a deployment puts into its bucket. */
export interface Packaged {
  readonly template: CloudFormationTemplate;
  /** The zips by their file names, in which the keys of the functions' code in the template end: `Accept.zip`. */
  readonly artifacts: Readonly<Record<string, Uint8Array>>;
}

/** The part of serverless-state.json that names the zips. */
interface PackagedState {
  readonly service: {
    readonly functions: Readonly<Record<string, { readonly package?: { readonly artifact?: string } }>>;
  };
}

/** Runs `serverless package` as a deployment does, with the functions' code. */
export const packageProject = (root: string, options: PackageOptions = {}): Promise<Packaged> =>
  withPackage(root, options, ({ view, output }) => {
    const state = JSON.parse(readFileSync(join(output, 'serverless-state.json'), 'utf8')) as PackagedState;
    const files = Object.values(state.service.functions).flatMap((one) => one.package?.artifact ?? []);
    const artifacts = Object.fromEntries(
      files.map((file) => [basename(file), readFileSync(join(view, file))]),
    );
    return { template: readTemplate(output), artifacts };
  });
