'use strict';
/**
 * A Serverless Framework plugin of our own.
 *
 * - Bundles all functions in one esbuild call without splitting: an SDK client is parsed once and not once per function,
 *   and each function's zip holds a single file.
 * - Zips with a fixed date: the same sources give the same bytes, so that a deployment without changes changes nothing.
 * - Writes the names of all functions into Doctor's environment.
 * - Names the integrations of the state machines by the partition of their region. The sources name the commercial one,
 *   since validators of the language take only whole ARNs.
 * - Removes the role that the framework makes for functions without one, if nothing refers to it.
 * - Keeps serverless-step-functions from reading the endpoints of an HTTP API after a deployment. It uses a call that
 *   osls 4 no longer has, so that a successful deployment ended as failed. This stack has no such API.
 *
 * With `FORSETI_TEMPLATE_ONLY` set no code is bundled, and each artifact holds an empty module: the embedded cloud needs
 * only the template, and bundles in its own form (cli/local/stack.ts).
 */
const fs = require('node:fs');
const path = require('node:path');
const { zipSync } = require('fflate');

const sharedRole = 'IamRoleLambdaExecution';

/** Bundled ES modules have no `require`, which packages published as CommonJS still call for Node's own modules. */
const requireBanner =
  "import{createRequire as forsetiRequire}from'node:module';const require=forsetiRequire(import.meta.url);";

/** `functions/deploy/Accept.handler` is exported by `functions/deploy/Accept.ts`. */
const moduleOf = (handler) => handler.slice(0, handler.lastIndexOf('.'));

/** One module's bundle, by the module's path: `Map<string, Uint8Array>`. */
const bundle = async (root, modules) => {
  const { build } = require('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(modules.map((module) => [module, `${module}.ts`])),
    outdir: 'bundles',
    write: false,
    bundle: true,
    splitting: false,
    minify: true,
    legalComments: 'none',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // The SDK's ES modules can be shaken; esbuild would take its CommonJS.
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    banner: { js: requireBanner },
    logLevel: 'warning',
  });
  const nameOf = (file) => path.relative(path.join(root, 'bundles'), file.path).replace(/\.mjs$/, '');
  return new Map(outputFiles.map((file) => [nameOf(file).split(path.sep).join('/'), file.contents]));
};

/** A zip stores local time without a zone: this date has the same fields in every zone. */
const zip = (name, contents) =>
  zipSync({ [name]: [contents, { mtime: new Date(1980, 0, 1), attrs: 0o644 << 16, os: 3 }] }, { level: 9 });

/**
 * The functions that the stack should have, for lib/health/environment.ts: their names, with `!` added if they have
 * reserved concurrency.
 */
const tellDoctor = (functions) => {
  if (!functions.Doctor) return;
  const names = Object.entries(functions).map(
    ([name, { reservedConcurrency }]) => name + (reservedConcurrency === undefined ? '' : '!'),
  );
  functions.Doctor.environment = { ...functions.Doctor.environment, STACK_FUNCTIONS: names.join(' ') };
};

module.exports = class BundlePlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => this.makeArtifacts(),
      'before:package:finalize': () => {
        this.nameIntegrations();
        this.removeSharedRole();
      },
      'before:deploy:deploy': () => this.silenceEndpointInfo(),
    };
  }

  silenceEndpointInfo() {
    for (const plugin of this.serverless.pluginManager.plugins)
      if (plugin.constructor.name === 'ServerlessStepFunctions')
        plugin.getEndpointInfo = async () => undefined;
  }

  async makeArtifacts() {
    const root = this.serverless.serviceDir;
    const directory = path.join(root, '.build', 'artifacts');
    fs.mkdirSync(directory, { recursive: true });
    const functions = Object.entries(this.serverless.service.functions);
    tellDoctor(this.serverless.service.functions);
    const templateOnly = Boolean(process.env.FORSETI_TEMPLATE_ONLY);
    const modules = [...new Set(functions.map(([, definition]) => moduleOf(definition.handler)))];
    const bundles = templateOnly ? new Map() : await bundle(root, modules);
    for (const [name, definition] of functions) {
      const module = moduleOf(definition.handler);
      const artifact = path.join(directory, `${name}.zip`);
      fs.writeFileSync(artifact, zip(`${module}.mjs`, bundles.get(module) ?? new Uint8Array()));
      definition.package = { ...definition.package, artifact: path.relative(root, artifact) };
    }
  }

  nameIntegrations() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type !== 'AWS::StepFunctions::StateMachine') continue;
      const [definition, variables] = Properties.DefinitionString['Fn::Sub'];
      const named = definition.replaceAll('"arn:aws:states:::', '"arn:${AWS::Partition}:states:::');
      Properties.DefinitionString = { 'Fn::Sub': [named, variables] };
    }
  }

  removeSharedRole() {
    const template = this.serverless.service.provider.compiledCloudFormationTemplate;
    const { [sharedRole]: role, ...others } = template.Resources;
    // With its quotes the string is the whole name, as in Ref, GetAtt and DependsOn; Sub has `${name`.
    const rest = JSON.stringify({ ...template, Resources: others });
    if (role && !rest.includes(`"${sharedRole}"`) && !rest.includes(`\${${sharedRole}`)) {
      delete template.Resources[sharedRole];
    }
  }
};
