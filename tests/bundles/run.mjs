#!/usr/bin/env node
// `npm run bundles`, after `serverless package`: imports each packaged function with the Node that runs this, which
// should be Lambda's (`npx -p node@24 node tests/bundles/run.mjs`).
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importBundles } from './importBundles.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const file = join(root, '.serverless', 'cloudformation-template-update-stack.json');
if (!existsSync(file)) {
  console.error('There is no package. Run "npx serverless package" first.');
  process.exit(2);
}
const { Parameters, Resources } = JSON.parse(readFileSync(file, 'utf8'));
/** The parameters have the defaults that are shipped. */
const shipped = (variables) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, Parameters[value.Ref]?.Default ?? value]),
  );
const deployed = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
const functions = deployed.map(({ Properties: { FunctionName, Handler, Environment, Code, Runtime } }) => ({
  name: FunctionName,
  handler: Handler,
  runtime: Runtime,
  variables: shipped(Environment?.Variables ?? {}),
  zip: join(root, '.build', 'artifacts', Code.S3Key.slice(Code.S3Key.lastIndexOf('/') + 1)),
}));
const runtime = `nodejs${process.versions.node.split('.')[0]}.x`;
const others = functions.filter((one) => one.runtime !== runtime).map(({ name }) => name);
const problems = [
  ...(functions.length === 0 ? ['The package has no function.'] : []),
  ...(others.length > 0 ? [`This is ${runtime}, and these run on another: ${others.join(', ')}`] : []),
  ...(await importBundles(functions)),
];
for (const problem of problems) console.error(problem);
console.log(
  `${functions.length} bundles imported on Node ${process.versions.node}, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
