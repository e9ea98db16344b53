/** Imports packaged functions as Lambda's runtime does at a cold start. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';

/**
 * Runs in a process of its own, with nothing but the function's environment. Node 24's runtime calls no handler that
 * takes a callback: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
const check = `
const { [process.env._EXPORT]: handler } = await import(process.env._MODULE);
if (typeof handler !== 'function') throw new Error('exports no function ' + process.env._EXPORT);
if (handler.length > 2) throw new Error('its handler takes a callback, which Node 24 on Lambda does not give');
`;

const unpack = (zip, folder) => {
  for (const [name, contents] of Object.entries(unzipSync(readFileSync(zip)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
};

/** What only CloudFormation knows is a value of the kind that the variable's name tells. */
const textOf = (name, value) => {
  if (typeof value !== 'object') return String(value);
  if (name.endsWith('_ARN')) return 'arn:aws:states:eu-west-1:111122223333:stateMachine:name';
  return name.endsWith('_URL') ? 'https://sqs.eu-west-1.amazonaws.com/111122223333/name' : 'name';
};

const runCheck = (node, environment) =>
  new Promise((resolve) => {
    execFile(node, ['--input-type=module', '-e', check], { env: environment }, (error, _stdout, stderr) =>
      resolve(error === null ? undefined : (stderr.match(/^\w*Error.*$/m)?.[0] ?? error.message)),
    );
  });

const importOne = async (node, { zip, handler, name, variables }) => {
  const folder = mkdtempSync(join(tmpdir(), 'forseti-bundle-'));
  try {
    unpack(zip, folder);
    const dot = handler.lastIndexOf('.');
    const environment = Object.entries(variables).map(([key, value]) => [key, textOf(key, value)]);
    return await runCheck(node, {
      PATH: process.env.PATH,
      ...Object.fromEntries(environment),
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: name,
      _MODULE: pathToFileURL(join(folder, `${handler.slice(0, dot)}.mjs`)).href,
      _EXPORT: handler.slice(dot + 1),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * @param functions each with its `name`, the path of its `zip`, its `handler` (`functions/deploy/Accept.handler`) and
 *   the `variables` of its environment
 * @param node the Node that imports them
 * @returns one sentence for each function that cannot be imported
 */
export const importBundles = async (functions, node = process.execPath) => {
  const problems = [];
  const left = [...functions];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const problem = await importOne(node, next);
      if (problem !== undefined) problems.push(`${next.name}: ${problem}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return problems.sort();
};
